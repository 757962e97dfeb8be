terraform {
  required_version = ">= 1.11"
  required_providers {
    byok = {
      # Written to this machine by "byok provider install"; no registry serves this host.
      source = "terraform.local/cdktf-byok/byok"
    }
  }
}

# Project and login come from the environment: HW_PROJECT_ID and HW_AUTH_TOKEN, for example.
provider "byok" {
  region = "ap-southeast-3"
}

# Given as TF_VAR_payments_key. Ephemeral, and used by a write-only attribute: the material is in no plan and in no state.
variable "payments_key" {
  type      = string
  ephemeral = true
  sensitive = true
}

resource "byok_external_key" "payments" {
  alias = "payments"
}

resource "byok_key_material" "payments" {
  key_id          = byok_external_key.payments.key_id
  material_wo     = var.payments_key
  expiration_time = "2035-01-31T00:00:00Z"
}

output "key_id" {
  value = byok_key_material.payments.key_id
}

output "fingerprint" {
  value = byok_key_material.payments.fingerprint
}
