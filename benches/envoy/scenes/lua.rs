//! Envoy's Lua filter: as people write it, and as fast as it gets. Neither keeps a client's own header out.

use serde_json::{Value, json};

use super::COUNTS;
use crate::bootstrap;
use crate::release::{self, CANARY};
use crate::row::Scene;

/// Rows.
pub(crate) const PATTERNS: &str = "lua, patterns and a table";
pub(crate) const SCAN: &str = "lua, one scan and a map";

/// The header of a decision.
const HEADER: &str = "x-version";

/// All cookies into a table by a pattern, then rule by rule.
const WITH_PATTERNS: &str = r#"
function envoy_on_request(handle)
  local header = handle:headers():get("cookie")
  if header == nil then return end
  local cookies = {}
  for name, value in string.gmatch(header, "([^%s;=]+)=([^;]*)") do
    cookies[name] = value
  end
  for _, rule in ipairs(rules) do
    if cookies[rule.cookie] == rule.value then
      handle:headers():replace("x-version", rule.version)
      return
    end
  end
end
"#;

/// One walk along the header without patterns, and a look-up for each cookie; the first rule wins.
const WITH_A_SCAN: &str = r#"
local byte, find, sub = string.byte, string.find, string.sub
local by_name = {}
for number, rule in ipairs(rules) do
  local values = by_name[rule.cookie] or {}
  by_name[rule.cookie] = values
  values[rule.value] = values[rule.value] or { number = number, version = rule.version }
end
function envoy_on_request(handle)
  local header = handle:headers():get("cookie")
  if header == nil then return end
  local from, best = 1, nil
  while from do
    while byte(header, from) == 32 do from = from + 1 end
    local semicolon = find(header, ";", from, true)
    local equals = find(header, "=", from, true)
    if equals and (not semicolon or equals < semicolon) then
      local values = by_name[sub(header, from, equals - 1)]
      if values then
        local rule = values[sub(header, equals + 1, semicolon and semicolon - 1 or -1)]
        if rule and (not best or rule.number < best.number) then best = rule end
      end
    end
    from = semicolon and semicolon + 1
  end
  if best then handle:headers():replace("x-version", best.version) end
end
"#;

pub(crate) fn add(scene: &mut Scene) -> anyhow::Result<()> {
    for rules in COUNTS {
        for (name, code) in [(PATTERNS, WITH_PATTERNS), (SCAN, WITH_A_SCAN)] {
            scene.add((name, rules), listener(code, rules)?, super::few_or_many(rules));
        }
    }
    Ok(())
}

/// A listener with this filter and so many rules.
fn listener(code: &str, rules: usize) -> anyhow::Result<Value> {
    let header = json!({ "name": HEADER, "string_match": { "exact": CANARY } });
    let routes = [
        bootstrap::to(&json!({ "prefix": "/", "headers": [header] }), CANARY)?,
        bootstrap::default_route()?,
    ];
    let code = format!("{}{code}", table(rules));
    let filter = json!({
        "name": "envoy.filters.http.lua",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua",
            "default_source_code": { "inline_string": code },
        },
    });
    bootstrap::listener(&routes, vec![filter])
}

/// The rules as a table.
fn table(rules: usize) -> String {
    let rule = |number| {
        let cookie = release::cookie(number, rules);
        format!("  {{ cookie = \"{cookie}\", value = \"{CANARY}\", version = \"{CANARY}\" }},\n")
    };
    format!("local rules = {{\n{}}}\n", (1..=rules).map(rule).collect::<String>())
}
