-- Throw-away mail: shoppers whose domain stands in lists/disposable.txt, one domain a line.
rule "disposable" {
  reason = "throw-away e-mail", tell = "Please use another e-mail address.",
  when = function(c)
    return c.email ~= "" and list "disposable.txt":has(c.domain)
  end,
}

test("a throw-away domain, in any case", function()
  expect(judge("disposable", fixture { email = "x@Mailinator.COM" }).hit, true)
  expect(judge("disposable", fixture { email = "x@example.com" }).hit, false)
  expect(judge("disposable", fixture {}).hit, false)
end)
