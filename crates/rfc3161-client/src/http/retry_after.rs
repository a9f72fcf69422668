//! Reads when a server wants to be asked again.

use core::time::Duration;
use std::time::SystemTime;

use chrono::{DateTime, NaiveDateTime, Utc};
use ureq::http::{HeaderMap, HeaderName, HeaderValue, header};

/// Returns the time that the server asks to wait for, by its header Retry-After
/// ([RFC 9110 §10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3)): seconds, or a date.
///
/// A date is compared with that of the answer itself, so that the clocks of both sides need not agree. Only an answer
/// without a date is compared with the clock here.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let stated = text(headers, header::RETRY_AFTER)?;
    if let Ok(seconds) = stated.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let answered = text(headers, header::DATE).and_then(date);
    let answered = answered.unwrap_or_else(|| DateTime::<Utc>::from(SystemTime::now()));
    Some((date(stated)? - answered).to_std().unwrap_or_default())
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).map(HeaderValue::to_str)?.ok().map(str::trim)
}

/// Reads a date in each of the three forms that a client must read
/// ([RFC 9110 §5.6.7](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7)): IMF-fixdate, RFC 850, asctime.
fn date(text: &str) -> Option<DateTime<Utc>> {
    const FORMS: [&str; 3] = ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    FORMS.into_iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok()).map(|date| date.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(retry_after: &str, date: Option<&str>) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, retry_after.parse().expect("a value"));
        if let Some(date) = date {
            headers.insert(header::DATE, date.parse().expect("a value"));
        }
        super::retry_after(&headers).map(|wait| wait.as_secs())
    }

    #[test]
    fn seconds_and_the_three_forms_of_a_date() {
        assert_eq!(after("120", None), Some(120));
        assert_eq!(after(" 0 ", None), Some(0));
        let answered = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        for later in ["Sun, 06 Nov 1994 08:50:37 GMT", "Sunday, 06-Nov-94 08:50:37 GMT", "Sun Nov  6 08:50:37 1994"] {
            assert_eq!(after(later, answered), Some(60), "{later}");
        }
        // The time has come already, or came long ago by the clock here.
        assert_eq!(after("Sun, 06 Nov 1994 08:40:00 GMT", answered), Some(0));
        assert_eq!(after("Sun, 06 Nov 1994 08:40:00 GMT", None), Some(0));
        let far = after("Fri, 31 Dec 9999 23:59:59 GMT", None).expect("far in the future");
        assert!(far > 1_000_000_000, "{far}");
    }

    #[test]
    fn other_texts_say_nothing() {
        for text in ["", "soon", "-1", "1.5", "99999999999999999999999", "Mon, 06 Nov 1994 08:50:37 GMT", "1994-11-06"]
        {
            assert_eq!(after(text, None), None, "{text}");
        }
    }
}
