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

// What was typed before a session ended stands in the form again: once, in this tab, within an hour, for
// the same person alone. Anything else that is kept is thrown away by the next page.
const prefix = 'typed '
const here = prefix + location.pathname + location.search
const whose = document.body.dataset.whose
const typed = document.querySelector('[data-typed]')
if (whose) sessionStorage.setItem('whose', whose)
if (typed) {
  const onward = encodeURIComponent(location.pathname + location.search)
  document.querySelector('[data-sign-in]').href = `/sign-in?onward=${onward}`
  const fields = [...typed.querySelectorAll('input')].map(({ name, value }) => [name, value])
  sessionStorage.setItem(here, JSON.stringify({ at: Date.now(), whose: sessionStorage.getItem('whose'), fields }))
} else if (whose) {
  for (const key of Object.keys(sessionStorage).filter((name) => name.startsWith(prefix))) {
    const kept = JSON.parse(sessionStorage.getItem(key))
    const isTheirs = kept.whose === whose && Date.now() - kept.at < 3600_000
    if (key === here || !isTheirs) sessionStorage.removeItem(key)
    if (key === here && isTheirs) putBack(kept.fields)
  }
}

function putBack (fields) {
  const form = document.querySelector('form[method=post][novalidate]')
  if (!form) return
  const has = (name, value) => fields.some(([own, typed]) => own === name && typed === value)
  for (const field of form.elements) {
    if (!field.name || field.type === 'hidden' || field.type === 'submit') continue
    if (field.type === 'radio' || field.type === 'checkbox') {
      field.checked = has(field.name, field.value)
    } else {
      field.value = (fields.find(([own]) => own === field.name) || ['', ''])[1]
    }
    field.dispatchEvent(new Event('change', { bubbles: true }))
    if (field.checked) field.dispatchEvent(new Event('click', { bubbles: true }))
  }
  say('What you typed before you were signed out is in the form again. Check it, and send it.')
}

// A session that is about to end is said two minutes before.
const seconds = Number(document.body.dataset.signedOutIn)
if (seconds) {
  setTimeout(() => {
    say('You will be signed out in two minutes, unless you open a page of Sightline. ' +
      'Send what you have typed, or open Sightline in another tab to stay signed in.')
  }, Math.max(0, seconds - 120) * 1000)
}

function say (text) {
  const notice = document.createElement('p')
  notice.className = 'govuk-inset-text sl-notice'
  notice.setAttribute('role', 'alert')
  notice.textContent = text
  document.querySelector('main').prepend(notice)
}

// The filter folds where it would push the list off a phone.
for (const fold of document.querySelectorAll('details[data-folds]')) {
  if (matchMedia('(max-width: 40em)').matches && !location.search) fold.open = false
}

// On a phone the cells of a row stand below one another, each with its header; they stay a table to
// screen readers.
for (const table of document.querySelectorAll('.sl-scroll > table')) {
  if (!table.tHead || table.querySelector('tbody [colspan]')) continue
  const headers = [...table.tHead.rows[0].cells].map((cell) => cell.innerText.trim().split('\n')[0])
  table.classList.add('sl-stacks')
  table.setAttribute('role', 'table')
  for (const part of [table.tHead, ...table.tBodies]) part.setAttribute('role', 'rowgroup')
  for (const header of table.tHead.rows[0].cells) header.setAttribute('role', 'columnheader')
  for (const row of table.rows) row.setAttribute('role', 'row')
  for (const row of table.tBodies[0].rows) {
    [...row.cells].forEach((cell, place) => {
      cell.setAttribute('role', cell.tagName === 'TH' ? 'rowheader' : 'cell')
      if (cell.tagName === 'TD' && headers[place]) cell.dataset.label = headers[place]
    })
  }
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

// Work that goes on beside the page is looked at again until it is done.
const awaited = document.querySelector('[data-reload-in]')
if (awaited) setTimeout(() => location.reload(), Number(awaited.dataset.reloadIn) * 1000)
