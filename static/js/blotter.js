// Every behaviour of the portal's pages: one import per custom element or page-wide habit.
import "./confirm-dialog.js";
import "./coding-sheet.js";
import "./copy.js";
import "./evidence-player.js";
import "./feedback.js";
import "./forms.js";
import "./idle.js";
import "./local-time.js";
import "./panes.js";
import "./report-editor.js";
import "./source-link.js";
import "./step-progress.js";
import "./tag-lanes.js";
import "./theme.js";
import "./transcript-view.js";
