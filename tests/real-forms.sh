# Sourced by tests/real-data: leads from web forms, scored by rules.

# What the leads of web forms are worth, by rules over their attributes.
x_education_model() {
    cat <<'YAML'
name: web forms
lead_fit:
  - {name: add form, when: 'lead.attributes["Lead Origin"] == "Lead Add Form"', points: 30}
  - {name: long visit, when: 'int(lead.attributes["Total Time Spent on Website"]) >= 1000', points: 20}
  - {name: visit, when: 'int(lead.attributes["Total Time Spent on Website"]) >= 500 && int(lead.attributes["Total Time Spent on Website"]) < 1000', points: 10}
  - {name: sms, when: 'lead.attributes["Last Activity"] == "SMS Sent"', points: 15}
  - {name: email opened, when: 'lead.attributes["Last Activity"] == "Email Opened"', points: 5}
  - {name: email bounced, when: 'lead.attributes["Last Activity"] == "Email Bounced"', points: -15}
  - {name: works, when: 'lead.attributes["What is your current occupation"] == "Working Professional"', points: 20}
  - {name: no email, when: 'lead.attributes["Do Not Email"] == "Yes"', points: -15}
  - {name: reference, when: 'lead.attributes["Lead Source"] == "Reference"', points: 10}
YAML
}

check_x_education() {
    x_education_model >"$work/forms.yaml"
    "$abm" model publish "$work/forms.yaml" >/dev/null
    "$abm" import leads "$data/x-education/Leads.csv" --map "$maps/x-education-leads.yaml" --quiet
    "$abm" lead list --format csv --attribute Converted >"$work/forms.csv"
    expect "leads of web forms" 4622 "$(cells fit "$work/forms.csv" | wc -l)"
    expect "sum of their fit" 73830 "$(cells fit "$work/forms.csv" | total)"
    paste -d, <(cells fit "$work/forms.csv") <(cells Converted "$work/forms.csv") |
        awk -F, '$1 >= 30 {n++; won += $2} END {print n, won}' >"$work/best"
    expect "leads with a fit of 30 or more, and those of them converted" "902 787" "$(cat "$work/best")"
}
