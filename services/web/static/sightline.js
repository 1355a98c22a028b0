// The pages work without this. It starts GOV.UK Frontend's components, and warns before what was
// typed is left behind.
const own = document.querySelector('script[data-frontend]')
document.body.classList.add('js-enabled')
if ('noModule' in HTMLScriptElement.prototype) document.body.classList.add('govuk-frontend-supported')
const { initAll } = await import(own.dataset.frontend)
initAll()

for (const form of document.querySelectorAll('form[method=post][novalidate]')) {
  let typed = false
  form.addEventListener('input', () => { typed = true })
  form.addEventListener('submit', () => { typed = false })
  addEventListener('beforeunload', (event) => { if (typed) event.preventDefault() })
}

// On paper everything that can be opened is open.
const closed = new Set()
addEventListener('beforeprint', () => {
  for (const details of document.querySelectorAll('details:not([open])')) {
    closed.add(details)
    details.open = true
  }
})
addEventListener('afterprint', () => {
  for (const details of closed) details.open = false
  closed.clear()
})

// A link to an event opens the list that it stands in.
const show = () => {
  const target = location.hash.startsWith('#event-') && document.getElementById(location.hash.slice(1))
  if (!target) return
  target.closest('details').open = true
  target.scrollIntoView()
  target.focus()
}
addEventListener('hashchange', show)
show()
