//! What is refused, and where does the error say that it is wrong?
