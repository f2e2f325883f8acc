//! How Odoo keeps files, and what of its web client carries them.

use super::{Since, Source};

/// The model of files.
pub const ATTACHMENT: &str = "ir.attachment";

/// The field of an attachment that takes and gives its content as base64: [`DATAS`] as long as there is one. The other one,
/// `raw`, takes the text of the base64 for the content there (14.0, 19.0).
pub const DATAS: &str = "datas";

/// As [`DATAS`], from where that is gone (odoo#245916).
pub const RAW: &str = "raw";

/// Attachments have [`DATAS`].
pub const HAS_DATAS: Since = Since::until((19, 3), Source::Odoo);

/// The key of the context that leaves images as they are. Without it those that are wider or higher than 1,920 pixels are made
/// smaller when they become attachments (15.0 to 19.0); 14.0 leaves them as they are, and takes no notice of it.
pub const LEAVES_IMAGES: &str = "image_no_postprocess";

/// The ends of names that images have. Odoo takes a file for an image by its name, and by its beginning where the name tells
/// nothing.
pub const IMAGE_NAMES: &[&str] = &[
    "png", "jpg", "jpeg", "jpe", "jfif", "gif", "bmp", "tif", "tiff", "webp", "svg", "ico",
];

/// A form may have 128 MiB by default, and so may a request of XML-RPC, which the system parameter `web.max_file_upload_size`
/// changes (17.0 to 19.0). Before, Odoo has no limit of its own (14.0, 15.0-20220616, 16.0+e-20230205).
///
/// JSON is limited alike by a 19.0 with werkzeug 3.0.6, but for the calls of the web client: they may have 128 MiB whatever the
/// parameter says. A 17.0 and an 18.0-20250702 with werkzeug 2.0.2 take JSON of any size.
pub const REQUESTS_ARE_LIMITED: Since = Since::from(17);

/// A report takes the language from the context that its page is given. Before, it leaves it out (14.0).
pub const REPORTS_TAKE_A_LANGUAGE: Since = Since::from(15);
