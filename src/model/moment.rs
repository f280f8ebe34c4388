//! Moments: milliseconds since 1970 in UTC, and the dates people write.

use super::Value;

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// A moment as it is written in a document: milliseconds, a date (its midnight in UTC), or a date with a time as RFC 3339
/// has it (`2027-01-01T12:00:00.5Z`, `2027-01-01T12:00:00+01:00`). None if it is neither.
pub fn moment(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().filter(|ms| ms.unsigned_abs() < 1 << 53),
        Value::String(text) => of_text(text),
        _ => None,
    }
}

/// The date a moment lies on, as people write it: `2027-01-01`.
pub fn date(ms: i64) -> String {
    // Days since 0000-03-01, so that a leap day ends its year.
    let days = ms.div_euclid(DAY) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

fn of_text(text: &str) -> Option<i64> {
    let text = text.as_bytes();
    let (date, time) = text.split_at_checked(10)?;
    let [year, month, day] = numbers(date, b'-', &[4, 2, 2])?;
    let start = days(year, month, day)? * DAY;
    match time {
        [] => Some(start),
        [b'T' | b't' | b' ', time @ ..] => Some(start + of_time(time)?),
        _ => None,
    }
}

/// Milliseconds since midnight in UTC.
fn of_time(text: &[u8]) -> Option<i64> {
    let (time, rest) = text.split_at_checked(8)?;
    let [hour, minute, second] = numbers(time, b':', &[2, 2, 2])?;
    // A leap second is the last moment of its minute.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let digits = rest.strip_prefix(b".").map(|rest| rest.iter().take_while(|byte| byte.is_ascii_digit()).count());
    let (fraction, zone) = match digits {
        Some(0) => return None,
        Some(digits) => rest.split_at_checked(digits + 1)?,
        None => (b".".as_slice(), rest),
    };
    let mut thousandths = 0;
    for place in 1..=3 {
        thousandths = thousandths * 10 + i64::from(fraction.get(place).map_or(0, |digit| digit - b'0'));
    }
    let own = (hour * 60 + minute) * 60_000 + second.min(59) * 1_000 + thousandths;
    let (sign, zone) = zone.split_first()?;
    if matches!(sign, b'Z' | b'z') && zone.is_empty() {
        return Some(own);
    }
    let [hours, minutes, _] = numbers(zone, b':', &[2, 2])?;
    let offset = (hours * 60 + minutes) * 60_000;
    match sign {
        _ if hours > 23 || minutes > 59 => None,
        b'-' => Some(own + offset),
        b'+' => Some(own - offset),
        _ => None,
    }
}

/// Numbers of so many digits each, with a mark between them; up to three.
fn numbers(text: &[u8], mark: u8, digits: &[usize]) -> Option<[i64; 3]> {
    let mut found = [0; 3];
    let mut rest = text;
    for (number, digits) in found.iter_mut().zip(digits) {
        if rest.len() < text.len() {
            rest = rest.strip_prefix(&[mark])?;
        }
        let (part, after) = rest.split_at_checked(*digits)?;
        for byte in part {
            *number = *number * 10 + i64::from(byte.is_ascii_digit().then(|| byte - b'0')?);
        }
        rest = after;
    }
    rest.is_empty().then_some(found)
}

/// Days from 1970-01-01 to a date that there is.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let year_of_era = shifted.rem_euclid(400);
    let from_march = (month + 9) % 12;
    let day_of_year = (153 * from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_the_calendar() {
        let known = [
            ("1970-01-01", 0),
            ("1969-12-31", -DAY),
            ("2000-02-29", 951_782_400_000),
            ("2027-01-01", 1_798_761_600_000),
            ("2027-01-01T00:00:00Z", 1_798_761_600_000),
            ("2027-01-01T01:30:00+01:30", 1_798_761_600_000),
            ("2026-12-31T23:00:00.250-01:00", 1_798_761_600_250),
        ];
        for (text, ms) in known {
            assert_eq!(moment(&Value::from(text)), Some(ms), "{text}");
        }
        for text in [
            "2027-02-29",
            "2027-13-01",
            "2027-1-1",
            "tomorrow",
            "2027-01-01T25:00:00Z",
            "2027-01-01T10:00:00",
            "2027-01-01T10:00:00Z01:00",
            "",
        ] {
            assert_eq!(moment(&Value::from(text)), None, "{text}");
        }
    }

    #[test]
    fn every_day_of_a_thousand_years_is_written_as_it_is_read() {
        for day in (-200_000..200_000).step_by(7) {
            let written = date(day * DAY + 12_345);
            assert_eq!(moment(&Value::from(written.as_str())), Some(day * DAY), "{written}");
        }
    }
}
