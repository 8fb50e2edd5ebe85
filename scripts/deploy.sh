#!/bin/sh
# Delivers, or takes back: a thin wrapper around the delivery command, which decides everything.
#   scripts/deploy.sh staging [RELEASE]       deliver the checked-out commit, or a release, to staging
#   scripts/deploy.sh production [RELEASE]    promote what staging has proven, or a release of it
#   scripts/deploy.sh rollback ENV            return to the last release that ENV has proven
#   scripts/deploy.sh status                  what serves, against what was decided
# Exit codes are those of delivery: docs/runbook.md, "Exit codes", lists them.
set -eu
cd "$(dirname "$0")/.."

usage() {
  sed -n '3,6s/^# *//p' "$0" >&2
  exit 2
}

[ "$#" -ge 1 ] && [ "$#" -le 2 ] || usage
case "$1" in
  staging) verb=deploy ;;
  production) verb=promote ;;
  rollback)
    [ "$#" -eq 2 ] || usage
    exec npx delivery rollback "$2"
    ;;
  status)
    [ "$#" -eq 1 ] || usage
    exec npx delivery status
    ;;
  *) usage ;;
esac
exec npx delivery "$verb" "$1" ${2:+--release "$2"}
