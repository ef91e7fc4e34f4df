//! Calendars and owners.

use std::collections::HashSet;
use std::sync::Arc;

use super::super::Owner;
use super::super::file::{AbsenceFile, CalendarFile, OwnerFile, SlaFile};
use super::{Calendars, Checker};
use crate::business_time::{Calendar, CalendarError, Date, Hours, Week, Weekday};

impl Checker {
    pub(super) fn calendars(&mut self, files: &[CalendarFile]) -> Calendars {
        let mut names = HashSet::new();
        let always = Arc::new(Calendar::always());
        let mut calendars = Calendars::from([(always.name().to_owned(), Arc::clone(&always))]);
        for (position, file) in files.iter().enumerate() {
            let path = |field: &str| format!("calendars[{position}].{field}");
            self.found.name(&path("name"), &file.name, &mut names);
            if [Calendar::ALWAYS, SlaFile::OWNER].contains(&file.name.as_str()) {
                let message = format!("`{}` has a meaning of its own", file.name);
                self.found.add(path("name"), message);
                continue;
            }
            let before = self.found.0.len();
            let week = self.week(&path("hours"), file);
            let holidays: Vec<Date> = (0..)
                .zip(&file.holidays)
                .filter_map(|(n, text)| self.date(&path(&format!("holidays[{n}]")), text))
                .collect();
            let calendar = Calendar::new(&file.name, &file.time_zone, week, holidays);
            let field = match calendar {
                Err(CalendarError::UnknownZone) => path("time_zone"),
                Err(CalendarError::Unordered(day)) => path(&format!("hours.{}", day.name())),
                // Hours that cannot be read were told as that.
                Err(CalendarError::NoHours) if self.found.0.len() > before => continue,
                Err(CalendarError::NoHours) | Ok(_) => path("hours"),
            };
            // A calendar with a problem is there all the same: who names it is not wrong.
            let calendar = match calendar {
                Ok(calendar) => Arc::new(calendar),
                Err(error) => {
                    self.found.add(field, error.to_string());
                    Arc::clone(&always)
                }
            };
            calendars.insert(file.name.clone(), calendar);
        }
        calendars
    }

    fn week(&mut self, path: &str, file: &CalendarFile) -> Week {
        let hours = &file.hours;
        let days =
            [&hours.mon, &hours.tue, &hours.wed, &hours.thu, &hours.fri, &hours.sat, &hours.sun];
        let mut week = Week::default();
        for ((day, texts), hours) in Weekday::ALL.iter().zip(days).zip(&mut week) {
            for (position, text) in texts.iter().enumerate() {
                match Hours::parse(text) {
                    Some(read) => hours.push(read),
                    None => {
                        let path = format!("{path}.{}[{position}]", day.name());
                        let message = format!("`{text}` is not hours such as `09:00-17:30`");
                        self.found.add(path, message);
                    }
                }
            }
        }
        week
    }

    fn date(&mut self, path: &str, text: &str) -> Option<Date> {
        // What is read might be a date and more; only the date is meant.
        let date = text.parse::<Date>().ok().filter(|date| date.to_string() == text);
        if date.is_none() {
            self.found.add(path, format!("`{text}` is not a date such as `2026-12-25`"));
        }
        date
    }

    /// The calendar of a name; anything else is a problem.
    pub(super) fn calendar(
        &mut self,
        path: &str,
        name: &str,
        calendars: &Calendars,
    ) -> Arc<Calendar> {
        calendars.get(name).map(Arc::clone).unwrap_or_else(|| {
            self.found.add(path, format!("there is no calendar `{name}`"));
            Arc::new(Calendar::always())
        })
    }

    pub(super) fn owners(
        &mut self,
        files: &[OwnerFile],
        calendars: &Calendars,
        default: &Arc<Calendar>,
    ) -> Vec<Owner> {
        let (mut owners, mut ids) = (Vec::new(), HashSet::new());
        for (position, file) in files.iter().enumerate() {
            let path = |field: &str| format!("owners[{position}].{field}");
            self.found.name(&path("id"), &file.id, &mut ids);
            if let Some(team) = &file.team {
                self.found.name(&path("team"), team, &mut HashSet::new());
            }
            if file.capacity == Some(0) {
                self.found.add(path("capacity"), "must be at least 1");
            }
            let calendar = match &file.calendar {
                Some(name) => self.calendar(&path("calendar"), name, calendars),
                None => Arc::clone(default),
            };
            let absent = self.absences(&path("absent"), &file.absent);
            owners.push(Owner {
                id: file.id.clone(),
                team: file.team.clone(),
                calendar,
                capacity: file.capacity,
                absent,
            });
        }
        owners
    }

    fn absences(&mut self, list: &str, files: &[AbsenceFile]) -> Vec<(Date, Date)> {
        let mut absent = Vec::new();
        for (position, AbsenceFile { from, until }) in files.iter().enumerate() {
            let path = |field: &str| format!("{list}[{position}].{field}");
            let dates = (self.date(&path("from"), from), self.date(&path("until"), until));
            let (Some(first), Some(last)) = dates else { continue };
            if last < first {
                self.found.add(path("until"), format!("is before {from}"));
            }
            absent.push((first, last));
        }
        absent
    }
}
