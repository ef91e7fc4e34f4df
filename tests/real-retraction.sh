# Sourced by tests/real-data: contributions taken back.

# Taking back what happened before 2017 gives the state of what happened since.
check_retraction() {
    local since=$work/since.csv expected
    awk -F, 'NR == 1 || $4 >= "2017-01-01"' "$activities" >"$since"
    import_people "$since" >/dev/null
    expected=$(digest)
    fresh "$1"
    # Whom nobody sent is known by contributions only, and goes with them.
    "$abm" import leads "$since" --map "$maps/oss-leads.yaml" --quiet >/dev/null
    "$abm" import activities "$activities" --map "$maps/oss-activities.yaml" --quiet >/dev/null
    "$abm" activity retract --source etcd --until 2017-01-01T00:00Z >"$work/told"
    grep -q '^6614 activities .* would be taken back' "$work/told" || fail "$(head -n 1 "$work/told")"
    "$abm" activity retract --source etcd --until 2017-01-01T00:00Z --apply >"$work/done"
    grep -q '^6614 activities .* were taken back' "$work/done" || fail "$(head -n 1 "$work/done")"
    # Sent again, what was taken back stays away.
    "$abm" import activities "$activities" --map "$maps/oss-activities.yaml" --quiet >/dev/null
    [ "$(digest)" = "$expected" ] || fail "a retraction left another digest"
    ok "6,614 contributions taken back, and sent again: the digest of never having come"
}
