// Says to the style sheet that scripts run: what only a script can do is hidden without it.
document.documentElement.classList.add("js");
