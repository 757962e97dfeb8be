resource "byok_key_material" "from_hsm" {
  key_id       = byok_external_key.payments.key_id
  wrap_command = ["${path.module}/wrap.py", "--module", "/usr/lib/vendor/pkcs11.so", "--token", "byok", "--key", "payments"]
}
