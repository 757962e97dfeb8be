resource "byok_external_key" "payments" {
  alias       = "payments"
  description = "Material comes from our own ceremony"

  # Thirty days in which a destroyed key can still be rescued.
  pending_days = 30
}

# A key that outlives this configuration.
resource "byok_external_key" "archive" {
  alias      = "archive"
  on_destroy = "retain"
}
