/** Says on the page what went wrong with a passkey; the library would say it to the console only. */
document.addEventListener("allauth.error", (event) => {
  const alert = document.querySelector<HTMLElement>("[data-passkey-error]");
  if (!alert) return;
  event.preventDefault();
  alert.hidden = false;
  alert.focus();
});

export {};
