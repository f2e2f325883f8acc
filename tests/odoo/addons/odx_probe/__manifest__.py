{
    "name": "odx probe",
    "summary": "Models with everything that a client of Odoo can meet, for the live tests of odx",
    "version": "1.0.0",
    "license": "LGPL-3",
    "author": "odx",
    "category": "Hidden",
    "depends": ["base_sparse_field"],
    "data": [
        "security/ir.model.access.csv",
        "data/environment.xml",
        "data/records.xml",
    ],
    "post_init_hook": "post_init_hook",
}
