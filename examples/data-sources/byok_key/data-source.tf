# A key that another configuration manages.
data "byok_key" "payments" {
  alias = "payments"
}

output "payments_key_id" {
  value = data.byok_key.payments.key_id
}

# Warns in every plan while the key cannot be used.
check "payments_key" {
  assert {
    condition     = data.byok_key.payments.material_status == "present"
    error_message = "The material of the key payments is not there: ${data.byok_key.payments.material_status}."
  }
}
