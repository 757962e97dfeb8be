terraform {
  required_providers {
    byok = {
      # Written to this machine by "byok provider install"; no registry serves this host.
      source = "terraform.local/cdktf-byok/byok"
    }
  }
}

# The token comes from the environment: HW_AUTH_TOKEN, or OS_AUTH_TOKEN for opentelekomcloud.
provider "byok" {
  cloud      = "huaweicloud"
  region     = "eu-west-101"
  project_id = "0aa253a31a2f4cfda30eaa073fee6477"
}
