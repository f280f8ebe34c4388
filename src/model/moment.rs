//! Moments: milliseconds since 1970 in UTC, and the dates people write.

use serde_json::Value;

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
    let (date, time) = match text.split_once(['T', 't', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let parts = numbers(date, '-', &[4, 2, 2])?;
    let &[year, month, day] = parts.as_slice() else { return None };
    let start = days(year, month, day)? * DAY;
    match time {
        None => Some(start),
        Some(time) => Some(start + of_time(time)?),
    }
}

/// Milliseconds since midnight in UTC.
fn of_time(text: &str) -> Option<i64> {
    let end = text.find(['Z', 'z', '+', '-'])?;
    let (time, zone) = text.split_at_checked(end)?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let parts = numbers(time, ':', &[2, 2, 2])?;
    let &[hour, minute, second] = parts.as_slice() else { return None };
    // A leap second is the last moment of its minute.
    if hour > 23 || minute > 59 || second > 60 || fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let thousandths: String = fraction.chars().chain("000".chars()).take(3).collect();
    let own = (hour * 60 + minute) * 60_000 + second.min(59) * 1_000 + thousandths.parse::<i64>().ok()?;
    if zone.eq_ignore_ascii_case("z") {
        return Some(own);
    }
    let parts = numbers(zone.get(1..)?, ':', &[2, 2])?;
    let &[hours, minutes] = parts.as_slice() else { return None };
    let offset = (hours * 60 + minutes) * 60_000;
    (hours < 24 && minutes < 60).then_some(if zone.starts_with('-') { own + offset } else { own - offset })
}

/// Numbers of so many digits each, with a mark between them.
fn numbers(text: &str, mark: char, digits: &[usize]) -> Option<Vec<i64>> {
    let parts: Vec<&str> = text.split(mark).collect();
    let right = |(part, digits): (&&str, &usize)| part.len() == *digits && part.bytes().all(|b| b.is_ascii_digit());
    let fits = parts.len() == digits.len() && parts.iter().zip(digits).all(right);
    fits.then(|| parts.iter().filter_map(|part| part.parse().ok()).collect())
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
        for text in
            ["2027-02-29", "2027-13-01", "2027-1-1", "tomorrow", "2027-01-01T25:00:00Z", "2027-01-01T10:00:00", ""]
        {
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
