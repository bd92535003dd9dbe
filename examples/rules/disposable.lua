-- Throw-away mail: shoppers whose domain stands in lists/disposable.txt, one domain a line.
rule "disposable" {
  reason = "throw-away e-mail", tell = "Please use another e-mail address.",
  when = function(c)
    return c.email ~= "" and list "disposable.txt":has(c.domain)
  end,
}
