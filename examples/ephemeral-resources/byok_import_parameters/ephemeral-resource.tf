resource "byok_external_key" "payments" {
  alias = "payments"
}

ephemeral "byok_import_parameters" "payments" {
  key_id = byok_external_key.payments.key_id
}

# Hands the pair over to a program that wraps the material where it lies. Nothing of it stays in a state or a plan.
resource "terraform_data" "ceremony" {
  triggers_replace = [byok_external_key.payments.key_id]

  provisioner "local-exec" {
    command = "./hand-over-to-the-hsm.sh"
    environment = {
      PUBLIC_KEY   = ephemeral.byok_import_parameters.payments.public_key_pem
      IMPORT_TOKEN = ephemeral.byok_import_parameters.payments.import_token
      GOOD_UNTIL   = ephemeral.byok_import_parameters.payments.parameters_expire_at
    }
  }
}
