terraform {
  required_version = ">= 1.11"
  required_providers {
    byok = {
      source = "terraform.local/cdktf-byok/byok"
    }
  }
}

provider "byok" {
  region = "ap-southeast-3"
}

# As "byok fingerprint" printed it when the key was made; in your repository, a value written out.
variable "payments_fingerprint" {
  type = string
}
