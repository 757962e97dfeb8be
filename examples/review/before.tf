resource "byok_external_key" "payments" {
  alias = "payments"
}

resource "byok_key_material" "payments" {
  key_id          = byok_external_key.payments.key_id
  material_file   = "payments.key"
  expiration_time = "2035-01-31T00:00:00Z"
  fingerprint     = var.payments_fingerprint
}

resource "byok_external_key" "invoices" {
  alias = "invoices"
}

resource "byok_key_material" "invoices" {
  key_id        = byok_external_key.invoices.key_id
  material_file = "invoices.key"
  on_destroy    = "refuse"
}

resource "byok_external_key" "archive" {
  alias = "archive"
}

resource "byok_key_material" "archive" {
  key_id        = byok_external_key.archive.key_id
  material_file = "archive.key"
  on_destroy    = "delete_material"
}

resource "terraform_data" "archive" {
  input = byok_external_key.archive.key_id
}
