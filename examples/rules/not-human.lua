-- Marks carts that are no shopper's: reports show all carts, and those of people.
-- What is named bot, staff or test, or begins so with a dash, counts as nobody's.
rule "bot" {
  action = "flag",
  params = { carts = 10, window = "10m" },
  when = function(c, p)
    local agent = c.browser:lower()
    for _, word in ipairs { "headless", "bot", "crawl", "spider", "curl/", "python" } do
      if agent:find(word, 1, true) then return "browser says " .. word end
    end
    local same = c:same("ip", p.window)
    if same.known and same.carts >= p.carts then
      return same.carts .. " carts from " .. c.ip .. " in " .. p.window
    end
  end,
}

rule "staff" {
  action = "flag",
  params = { domain = "shop.example" },
  when = function(c, p) return c.domain:lower() == p.domain end,
}

rule "test" {
  action = "flag",
  when = function(c)
    return c.email:lower():find("^test[+.@%d]") ~= nil or c.name:lower() == "test"
  end,
}

test("what automates says so, or makes many carts", function()
  expect(judge("bot", fixture { browser = "Mozilla/5.0 HeadlessChrome/130" }).hit, true)
  expect(judge("bot", fixture { browser = "python-requests/2.31" }).hit, true)
  expect(judge("bot", fixture { browser = "Mozilla/5.0 (X11; Linux x86_64)" }).hit, false)
  local before = { ip = "203.0.113.7", ago = "1m", times = 9 }
  expect(judge("bot", fixture { ip = "203.0.113.7", before = { before } }).hit, true)
  before.times = 8
  expect(judge("bot", fixture { ip = "203.0.113.7", before = { before } }).hit, false)
  expect(judge("bot", fixture {}).hit, false)
end)

test("the shop's own people", function()
  expect(judge("staff", fixture { email = "a@Shop.Example" }).hit, true)
  expect(judge("staff", fixture { email = "a@shop.example.com" }).hit, false)
end)

test("who tries the shop out", function()
  for _, mail in ipairs { "test@x.de", "Test+1@x.de", "test.2@x.de", "test3@x.de" } do
    expect(judge("test", fixture { email = mail }).hit, true)
  end
  expect(judge("test", fixture { email = "tester@x.de" }).hit, false)
  expect(judge("test", fixture { name = "TEST" }).hit, true)
  expect(judge("test", fixture { name = "Testa Rossi" }).hit, false)
end)
