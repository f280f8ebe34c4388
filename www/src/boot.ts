/** Runs before anything is painted: somebody who chose the dark colours should not see a white flash first. */
const chosen = localStorage.getItem('lictor-demo/theme')
if (chosen) document.documentElement.dataset['theme'] = chosen
