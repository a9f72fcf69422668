//! Receipts of the RegisteredMail service: what is read, what is refused, and what they count for in a case.

mod cases;
mod common;
mod hostile;
mod national;
mod reading;
mod writing;
