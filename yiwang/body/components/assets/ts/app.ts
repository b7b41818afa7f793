/** What staff screens load: the residents' bundle, htmx, and the keyboard. */
import htmx from "htmx.org";

import "./portal";
import "./redact";
import "./search";
import "./shortcuts";

// The content security policy allows neither eval nor style elements made by scripts.
htmx.config.allowEval = false;
htmx.config.allowScriptTags = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
