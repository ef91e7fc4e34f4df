# Sourced by tests/real-data: sales of a CRM, deals of a marketing funnel.

# Opportunities in three orders: with their accounts, before them, and again.
check_maven() {
    local maven=$data/maven-crm first
    "$abm" import accounts "$maven/accounts.csv" --map "$maps/maven-accounts.yaml" --quiet
    "$abm" import opportunities "$maven/sales_pipeline.csv" --map "$maps/maven-opportunities.yaml" --quiet
    first=$(digest)
    "$abm" import opportunities "$maven/sales_pipeline.csv" --map "$maps/maven-opportunities.yaml" --quiet >"$work/again"
    grep -q '8800 unchanged' "$work/again" || fail "importing again: $(cat "$work/again")"
    ok "8,800 opportunities are in, and importing again changes none"

    "$abm" opportunity list --format csv >"$work/sales.csv"
    expect "stages" "Engaging 1589 Lost 2473 Prospecting 500 Won 4238" \
        "$(cells stage "$work/sales.csv" | sort | uniq -c | awk '{printf "%s%s %s", sep, $2, $1; sep = " "}')"
    expect "opportunities without an account" 1425 "$(cells account_id "$work/sales.csv" | grep -c '^$')"
    expect "opportunities of GTX Pro" 1480 "$(cells product "$work/sales.csv" | grep -c '^GTX Pro$')"

    "$abm" account groups --format csv >"$work/groups.csv"
    expect "groups" 70 "$(cells account_id "$work/groups.csv" | wc -l)"
    expect "members of all groups" 85 "$(cells members "$work/groups.csv" | total)"
    expect "won of all groups" 4238 "$(cells won "$work/groups.csv" | total)"
    expect "won amount of all groups" 10005534 "$(cells won_amount "$work/groups.csv" | total)"
    expect "members of Acme Corporation" 5 "$("$abm" account group acme-corporation --format csv | tail -n +2 | wc -l)"
    expect "won of Acme Corporation" 214 "$("$abm" account group acme-corporation --format csv | cells won | total)"

    # Before the accounts, which are mentioned only until they come.
    fresh "$1"
    "$abm" import opportunities "$maven/sales_pipeline.csv" --map "$maps/maven-opportunities.yaml" --quiet >/dev/null
    "$abm" import accounts "$maven/accounts.csv" --map "$maps/maven-accounts.yaml" --quiet >/dev/null
    [ "$(digest)" = "$first" ] || fail "opportunities before their accounts changed the digest"
    ok "opportunities before their accounts give the same digest"
    backtest_maven
    fit_of_maven
}

# The fit of the 85 accounts under rules of size, revenue and sector.
fit_of_maven() {
    cat >"$work/icp.yaml" <<'YAML'
name: ideal customers
signals: []
account_fit:
  people_percent: 0
  rules:
    - {name: known, when: account.name != "", points: 20}
    - {name: medium, when: account.employees >= 1000 && account.employees < 5000, points: 15}
    - {name: large, when: account.employees >= 5000, points: 30}
    - {name: half a billion, when: account.annual_revenue_usd >= 500000000 && account.annual_revenue_usd < 2000000000, points: 15}
    - {name: two billions, when: account.annual_revenue_usd >= 2000000000, points: 30}
    - {name: technical, when: 'account.industry in ["software", "technolgy", "telecommunications"]', points: 20}
YAML
    "$abm" model publish "$work/icp.yaml" >/dev/null
    expect "accounts by fit" "20:14 35:6 40:3 50:18 65:6 70:10 80:16 85:3 100:9" \
        "$("$abm" top --all --number 1000 | awk '$1 ~ /^[0-9]+$/ && NF > 6 {print $5}' | sort -n | uniq -c |
            awk '{printf "%s%s:%s", sep, $2, $1; sep = " "}')"
}

# Fit by firm against the sales of 2017. In the 30 days after 2017-02-01 half of the 85 accounts buy
# for the first time; over half a year all of them do, and nobody is left to tell them from.
backtest_maven() {
    cat >"$work/fit.yaml" <<'YAML'
name: firms
signals: []
account_fit:
  people_percent: 0
  rules:
    - {name: large, when: account.employees >= 2000, points: 40}
    - {name: revenue, when: account.annual_revenue_usd >= 1000000000, points: 40}
    - {name: at home, when: 'account.country == "United States"', points: 20}
YAML
    said() { # options of the backtest: leaves what it says in $work/backtest
        "$abm" model backtest "$work/fit.yaml" --outcome won --score fit --capacity 20 "$@" >"$work/backtest"
        grep '^verdict of the file' "$work/backtest"
    }
    expect "fit by firm before the first sales" "verdict of the file: no better than chance" \
        "$(said --from 2017-02-01 --window 30)"
    expect "measured there" "85 accounts at one date or more, 43 of them with the outcome" "$(head -1 "$work/backtest")"
    expect "fit by firm over half a year" "verdict of the file: too few outcomes to say anything" \
        "$(said --from 2017-01-01 --step 30 --count 6 --window 90)"
}

# 417 deals, each won by one of 4,032 leads.
check_olist() { # engine
    local olist=$data/olist-funnel
    local leads=$olist/olist_marketing_qualified_leads_dataset.csv deals=$olist/olist_closed_deals_dataset.csv
    # Halves of both, in turn, and then all of it again.
    for file in leads deals; do
        head -1 "${!file}" | tee "$work/$file-1.csv" >"$work/$file-2.csv"
        tail -n +2 "${!file}" | awk -v out="$work/$file-" '{print >> (out (NR % 2 + 1) ".csv")}'
    done
    "$abm" import leads "$work/leads-2.csv" --map "$maps/olist-leads.yaml" --quiet
    "$abm" import opportunities "$work/deals-1.csv" --map "$maps/olist-deals.yaml" --quiet
    "$abm" import leads "$work/leads-1.csv" --map "$maps/olist-leads.yaml" --quiet
    "$abm" import opportunities "$work/deals-2.csv" --map "$maps/olist-deals.yaml" --quiet
    funnel_of_olist "in halves"
    "$abm" import leads "$leads" --map "$maps/olist-leads.yaml" --quiet
    "$abm" import opportunities "$deals" --map "$maps/olist-deals.yaml" --quiet
    funnel_of_olist "and again"

    fresh "$1"
    "$abm" import opportunities "$deals" --map "$maps/olist-deals.yaml" --quiet
    "$abm" import leads "$leads" --map "$maps/olist-leads.yaml" --quiet
    funnel_of_olist "deals first"
    expect "customers" 417 "$("$abm" lead list --format csv | cells stage | grep -c '^customer$')"
    "$abm" opportunity list --state won --format csv | cells people | sort >"$work/won"
    expect "deals" 417 "$(wc -l <"$work/won")"
    "$abm" lead list --format csv --attribute origin >"$work/leads.csv"
    expect "leads" 4032 "$(cells lead_id "$work/leads.csv" | wc -l)"
    expect "deals that join a lead" 417 "$(cells lead_id "$work/leads.csv" | sort | comm -12 - "$work/won" | wc -l)"
    expect "leads of unknown origin" 591 "$(cells origin "$work/leads.csv" | grep -c '^unknown$')"
    expect "leads without an origin" 32 "$(cells origin "$work/leads.csv" | grep -c '^$')"
}

# The funnel of all, by origin, and by month of first contact as counted here from the files.
funnel_of_olist() { # what was imported
    row() { "$abm" report funnel --by "$1" --format csv; }
    row all >"$work/all.csv"
    local all
    all=$(for name in mqls won won_rate median_days_to_won won_within_30_days won_within_90_days; do
        cells "$name" "$work/all.csv"
    done | xargs)
    expect "$1: MQLs, won, rate, median days, within 30, within 90" "4032 417 0.10342 14.0 272 341" "$all"
    grep -q 'won_before_mql 1' "$work/all.csv" || fail "$1: the deal before its first contact is not told"
    expect "$1: by origin" \
        "(unknown)=32/5 direct_traffic=251/30 display=54/2 email=259/8 organic_search=1174/141 other=83/4 other_publicities=31/2 paid_search=760/86 referral=128/9 social=669/37 unknown=591/93" \
        "$(row origin | counts)"
    expect "$1: by month" "$(awk -F, '
        FNR == 1 {file++; next}
        file == 1 {won[$1] = 1; next}
        {month = substr($2, 1, 7); mqls[month]++; if ($1 in won) sold[month]++}
        END {for (month in mqls) printf "%s=%d/%d\n", month, mqls[month], sold[month]}' "$deals" "$leads" | sort | xargs)" \
        "$(row month | counts)"
}

counts() { # group=MQLs/won of each row, in order
    awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) at[$i] = i; next}
             {printf "%s=%d/%d\n", $at["group"], $at["mqls"], $at["won"]}' | LC_ALL=C sort | xargs
}
