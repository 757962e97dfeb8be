# The keys as a pull request would leave them; before.tf is what is deployed. It moves the expiry of
# "payments", adds "cards", makes "invoices" easier to lose, and no longer declares "archive".
resource "byok_external_key" "payments" {
  alias = "payments"
}

resource "byok_key_material" "payments" {
  key_id          = byok_external_key.payments.key_id
  material_file   = "payments.key"
  expiration_time = "2036-01-31T00:00:00Z"
  fingerprint     = var.payments_fingerprint
}

resource "byok_external_key" "invoices" {
  alias = "invoices"
}

resource "byok_key_material" "invoices" {
  key_id        = byok_external_key.invoices.key_id
  material_file = "invoices.key"
  on_destroy    = "delete_material"
}

resource "byok_external_key" "cards" {
  alias = "cards"
}

resource "byok_key_material" "cards" {
  key_id        = byok_external_key.cards.key_id
  material_file = "cards.key"
  valid_for     = "90d"
  renew_before  = "14d"
}

# Stands for a bucket or a disk that is encrypted with the key.
resource "terraform_data" "archive" {
  input = "no key"
}
