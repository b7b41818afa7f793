/** What residents' pages load: a few kilobytes that make forms kinder. Without it everything still works. */
import "./clipboard";
import "./dialogs";
import "./forms";
import "./map-loader";
import "./passkeys";
import "./preferences";
import "./refresh";
import "./reveal";
