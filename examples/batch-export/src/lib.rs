//! All order lines, streamed into JSON Lines: one JSON object a line, in constant memory.

mod file;
mod order_line;

pub use file::{ExportError, export_to, write_rows};
pub use order_line::{OrderLine, Row, order_lines};
