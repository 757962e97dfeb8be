data "byok_keys" "all" {}

# Keys whose material expires within thirty days; "never" and null are no times, so try() leaves them out.
output "expiring" {
  value = [
    for key in data.byok_keys.all.keys : "${key.alias} (${key.key_id}): ${key.expiration_time}"
    if try(timecmp(key.expiration_time, timeadd(plantimestamp(), "720h")) < 0, false)
  ]
}

# Keys that wait for material.
data "byok_keys" "waiting" {
  key_state = "5"
}

output "waiting" {
  value = data.byok_keys.waiting.keys[*].alias
}
