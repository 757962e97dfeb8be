variable "import_token" {
  type      = string
  ephemeral = true
  sensitive = true
}

variable "encrypted_key_material" {
  type      = string
  ephemeral = true
}

resource "byok_key_material" "wrapped_elsewhere" {
  key_id                    = byok_external_key.payments.key_id
  import_token_wo           = var.import_token
  encrypted_key_material_wo = var.encrypted_key_material
  material_wo_version       = 1 # the next token gets the next number
}
