terraform {
  required_providers {
    byok = {
      # Written to this machine by "byok provider install"; no registry serves this host.
      source = "terraform.local/cdktf-byok/byok"
    }
  }
}

# Endpoint and login come from the environment: HW_REGION_NAME, HW_PROJECT_ID and HW_AUTH_TOKEN, for example.
provider "byok" {}

variable "pkcs11_module" {
  type    = string
  default = "/usr/lib/softhsm/libsofthsm2.so"
}

resource "byok_external_key" "orders" {
  alias = "orders"
}

# The program gets the PIN of the token from the environment variable BYOK_HSM_PIN, and nothing else of the environment but BYOK_… variables.
resource "byok_key_material" "orders" {
  key_id          = byok_external_key.orders.key_id
  wrap_command    = ["${path.module}/wrap.py", "--module", var.pkcs11_module, "--token", "byok", "--key", "orders"]
  expiration_time = "2035-01-31T00:00:00Z"

  # All that SoftHSM2 offers; an HSM that can should use the default, RSAES_OAEP_SHA_256.
  wrapping_algorithm = "RSAES_OAEP_SHA_1"
}

output "key_id" {
  value = byok_key_material.orders.key_id
}
