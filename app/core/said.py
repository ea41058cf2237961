"""Words made by rule (the value of an enum) or by a library, listed so that the catalogue has them. A test compares."""

from app.core.phrases import N_

ROLES = (N_("Officer"), N_("Supervisor"), N_("Internal affairs"), N_("Records"), N_("Administrator"))
KINDS_OF_INCIDENT = (
    N_("Traffic stop"),
    N_("Arrest"),
    N_("Domestic disturbance"),
    N_("Theft"),
    N_("Use of force"),
    N_("Found property"),
    N_("Other"),
)
KINDS_WITHIN_A_SENTENCE = (
    N_("traffic stop"),
    N_("arrest"),
    N_("domestic disturbance"),
    N_("theft"),
    N_("use of force"),
    N_("found property"),
    N_("other"),
)
PARTS_IN_AN_INCIDENT = (N_("victim"), N_("suspect"), N_("witness"), N_("driver"), N_("passenger"))
STATES_OF_A_REPORT = (N_("report"), N_("draft"), N_("submitted"), N_("returned"), N_("approved"), N_("filed"))
FIELDS = (N_("place"), N_("title"))
STATUSES = (
    N_("Bad Request"),
    N_("Unauthorized"),
    N_("Forbidden"),
    N_("Not Found"),
    N_("Method Not Allowed"),
    N_("Conflict"),
    N_("Gone"),
    N_("Unprocessable Entity"),
    N_("Unprocessable Content"),
    N_("Too Many Requests"),
    N_("Service Unavailable"),
)
OF_LIBRARIES = (
    N_("The browser (or proxy) sent a request that this server could not understand."),
    N_("The method is not allowed for the requested URL."),
    N_("The CSRF token is missing."),
    N_("The CSRF session token is missing."),
    N_("The CSRF token has expired."),
    N_("The CSRF token is invalid."),
    N_("The CSRF tokens do not match."),
)
STATES = (  # of templates/parts/state.html
    N_("Waiting"),
    N_("Queued"),
    N_("Running"),
    N_("Done"),
    N_("Failed"),
    N_("Superseded"),
    N_("Received"),
    N_("Sealed"),
    N_("Quarantined"),
    N_("Deleted"),
    N_("Open"),
    N_("Closed"),
    N_("Given up"),
    N_("Draft"),
    N_("Submitted"),
    N_("Returned"),
    N_("Approved"),
    N_("Filed"),
    N_("Proposed"),
    N_("Confirmed"),
    N_("Rejected"),
    N_("Aggressive"),
    N_("Courteous"),
    N_("Neutral"),
    N_("New"),
    N_("Assigned"),
    N_("In review"),
    N_("No concern"),
    N_("Locked"),
    N_("Active"),
)
