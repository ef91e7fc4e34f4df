//! The file of rows that were not accepted.
//!
//! It holds the rows as they are in the source, with line, field, reason and message before them,
//! under the same column names and with the same delimiter: rows that are put right in it can be
//! imported from it with the same map. It is always UTF-8.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::args::ImportArgs;
use super::fault::Fault;
use super::header::Header;
use super::row::{RawRow, Syntax};

/// The columns before those of the source.
const OWN: [&str; 4] = ["line", "field", "reason", "message"];

/// The file of rows that were not accepted, made with the first of them.
pub(crate) struct Rejects {
    path: PathBuf,
    header: Vec<String>,
    /// How many cells at the beginning of a row are not repeated: the source is such a file itself.
    leave_out: usize,
    syntax: Syntax,
    writer: Option<csv::Writer<BufWriter<File>>>,
}

impl Rejects {
    /// Chooses the file and takes away that of an earlier import of the same source.
    ///
    /// # Errors
    /// When the file is the source or the map, or holds something else than rejects.
    pub(crate) fn prepare(
        args: &ImportArgs,
        header: &Header,
        syntax: &Syntax,
    ) -> anyhow::Result<Self> {
        let path = args.rejects.clone().unwrap_or_else(|| default_path(&args.file));
        let shown = path.display();
        if same_file(&path, &args.file) || same_file(&path, &args.map) {
            bail!("the rejects cannot go to {shown}, which is read; choose another with --rejects");
        }
        let columns =
            if syntax.is_lines() { vec!["row".to_owned()] } else { header.names().to_vec() };
        let is_rejects =
            columns.iter().zip(OWN).filter(|(name, own)| name == own).count() == OWN.len();
        let leave_out = if is_rejects { OWN.len() } else { 0 };
        let columns = columns.into_iter().skip(leave_out).collect::<Vec<_>>();
        // A name that stands twice could not be mapped when the file is imported again.
        let taken = OWN.iter().any(|own| columns.iter().any(|name| name == own));
        let own = OWN.iter().map(|own| if taken { format!("reject_{own}") } else { (*own).into() });
        let header: Vec<String> = own.chain(columns).collect();
        if path.exists() {
            remove_earlier(&path, syntax.delimiter)
                .with_context(|| format!("the rejects cannot go to {shown}"))?;
        }
        Ok(Self { path, header, leave_out, syntax: syntax.clone(), writer: None })
    }

    /// Writes a row with what is wrong with it.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn write(&mut self, row: &RawRow, fault: &Fault) -> anyhow::Result<()> {
        let mut cells = vec![
            row.line.to_string(),
            fault.field.clone(),
            fault.reason.clone(),
            fault.message.clone(),
        ];
        cells.extend(self.syntax.cells_to_show(row).into_iter().skip(self.leave_out));
        let writer = match &mut self.writer {
            Some(writer) => writer,
            None => {
                let file = create(&self.path).with_context(|| {
                    format!(
                        "cannot make {}; choose another place with --rejects",
                        self.path.display()
                    )
                })?;
                let mut builder = csv::WriterBuilder::new();
                // A malformed row has as many cells as it has.
                builder.flexible(true).delimiter(self.syntax.delimiter);
                let writer = self.writer.insert(builder.from_writer(BufWriter::new(file)));
                writer.write_record(&self.header)?;
                writer
            }
        };
        Ok(writer.write_record(cells)?)
    }

    /// Completes the file; `None` when no row was rejected.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn finish(self) -> io::Result<Option<PathBuf>> {
        let Some(mut writer) = self.writer else {
            return Ok(None);
        };
        writer.flush()?;
        Ok(Some(self.path))
    }
}

/// `NAME.rejects.csv` in the current folder: exports often lie where nothing can be written.
fn default_path(source: &Path) -> PathBuf {
    let mut name = source.file_stem().unwrap_or_else(|| "import".as_ref()).to_owned();
    name.push(".rejects.csv");
    PathBuf::from(name)
}

fn same_file(a: &Path, b: &Path) -> bool {
    match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}

/// Removes the rejects of an earlier import, and nothing else.
fn remove_earlier(path: &Path, delimiter: u8) -> anyhow::Result<()> {
    let mut begin = Vec::new();
    File::open(path)?.take(64).read_to_end(&mut begin)?;
    let begin = begin.strip_prefix(b"reject_").unwrap_or(&begin);
    let expected = [b"line".as_slice(), &[delimiter]].concat();
    if !begin.starts_with(&expected) {
        bail!("the file exists and holds something else than rejects with the same delimiter");
    }
    Ok(std::fs::remove_file(path)?)
}

/// Makes the file readable for its owner only: it holds personal data.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
