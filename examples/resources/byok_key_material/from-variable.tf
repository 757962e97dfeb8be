# Given as TF_VAR_application_key, or by an ephemeral resource of a secret store in its place.
variable "application_key" {
  type      = string
  ephemeral = true
  sensitive = true
}

resource "byok_key_material" "from_variable" {
  key_id              = byok_external_key.payments.key_id
  material_wo         = var.application_key
  material_wo_version = 1
}
