//! Compiles the contract under `proto/` without protoc.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// Where the contract lies; file names in it are relative to this folder.
const ROOT: &str = "../../proto";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed={ROOT}");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);

    let mut compiler = protox::Compiler::new([ROOT])?;
    // Source info carries the comments: they become doc comments, and reflection shows them.
    compiler.include_imports(true).include_source_info(true);
    compiler.open_files(proto_files(Path::new(ROOT))?)?;

    // The encoded form keeps custom options; encoding the set below would lose them.
    let descriptors = compiler.encode_file_descriptor_set();
    fs::write(out.join("abm_descriptor.bin"), descriptors)?;
    tonic_prost_build::configure()
        // Maps in key order, so that equal messages have equal bytes.
        .btree_map(".")
        .compile_fds(compiler.file_descriptor_set())?;
    Ok(())
}

/// Every `.proto` file below `folder`, in one order on every machine.
fn proto_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension() == Some("proto".as_ref()) {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}
