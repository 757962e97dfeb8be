variable "payments_key" {
  type      = string
  ephemeral = true
  sensitive = true
}

# Stops every plan that is given other material than the ceremony made. The material is ephemeral, and so is its fingerprint here.
resource "terraform_data" "ceremony" {
  lifecycle {
    precondition {
      condition     = provider::byok::fingerprint(var.payments_key, "base64") == "sha256:9c4b2ac1d3b8f2e6a1c05d7e4f8890b16a2d3c4e5f60718293a4b5c6d7e8f901"
      error_message = "payments_key is not the material of the ceremony."
    }
  }
}
