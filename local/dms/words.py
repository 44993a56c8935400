"""The words of DMS's messages and states, as AWS writes them.

Each was seen in AWS's documentation, in the service model's documentation, or in a message that users quote from
AWS. Messages that are written elsewhere in this package are our own: programs must not match them.
"""

from typing import Final

ROLE_NOT_CONFIGURED: Final = "The IAM Role {arn} is not configured properly."
THROTTLED: Final = "Rate exceeded"
NOT_AUTHORIZED: Final = (
    "User: {caller} is not authorized to perform: dms:{operation} on resource: {resource} because no "
    "identity-based policy allows the dms:{operation} action"
)
ENUM: Final = (
    "1 validation error detected: Value '{value}' at '{path}' failed to satisfy constraint: Member must satisfy "
    "enum value set: [{values}]"
)
SUBNET_GROUP_EXISTS: Final = "The Replication Subnet Group already exists."
ZONES: Final = (
    "Replication Subnet Group doesn't meet availability zone coverage requirement. Please add subnets to cover at "
    "least 2 availability zones. Current coverage: {zones}"
)
FILTER_IDENTIFIER: Final = (
    "The parameter Filter: replication-subnet-group-id is not a valid identifier. Identifiers must begin with a "
    "letter; must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two "
    "consecutive hyphens."
)
NO_ENGINE: Final = "No replication engine found with version: {version}"
CONNECTIONS_FIRST: Final = (
    "Test connection for replication instance {instance} and endpoint {endpoint} should be successful for "
    "starting the replication task"
)
FIRST_START_ONLY: Final = "Start Type : START_REPLICATION, valid only for tasks running for the first time"
RUNNING_CANNOT_CHANGE: Final = (
    "Replication Task, excluding logging severity task settings, cannot be modified while it is running state"
)
CONFIG_CANNOT_START: Final = "Replication for Replication Config: {config} is in {state} state and cannot start"
INVALID_MAPPINGS: Final = "Invalid Table Mappings document."
INVALID_MAPPINGS_JSON: Final = "Invalid Table Mappings document. Invalid json {reason}"
NO_SELECTION: Final = "Error in mapping rules. At least one selection rule is required."
RULE: Final = "Error in mapping rules. Rule with ruleId = {rule} failed validation. {reason}"
INVALID_SETTINGS: Final = "Invalid task settings JSON"
LOG_GROUP_ON_CREATE: Final = "Task Settings CloudWatchLogGroup or CloudWatchLogStream cannot be set on create."

CONNECTION_FAILED: Final = (
    "Test Endpoint failed: Application-Status: 1020912, Application-Message: Cannot connect to ODBC provider "
    "Network error has occurred, Application-Detailed-Message: RetCode: SQL_ERROR  SqlState: HY000 NativeError: "
    "{errno} Message: [unixODBC][MySQL][ODBC 8.0(w) Driver]{text}"
)
SECRET_NOT_FOUND: Final = (
    "Test Endpoint failed: Application-Status: 1020912, Application-Message: Failed to build connection string "
    "Unable to find Secrets Manager secret, Application-Detailed-Message: Failed to retrieve secret. Unable to "
    "find AWS Secrets Manager secret Arn '{secret}'"
)
SERVERLESS_CONNECTION: Final = (
    "Test connection failed for endpoint '{endpoint}' and replication config '{config}'. "
    "Failure Message: '{message}'"
)
LAST_ERROR: Final = "Last Error {message} Stop Reason FATAL_ERROR Error Level FATAL"
NO_TABLES: Final = (
    "No tables were found at task initialization. Either the selected table(s) or schemas(s) no longer exist or "
    "no match was found for the table selection pattern(s). If you would like to start a Task that does not "
    "initially capture any tables, set Task Setting FailOnNoTablesCaptured to false and restart task."
)

NORMAL: Final = "Stop Reason NORMAL"
FULL_LOAD_ONLY_FINISHED: Final = "Stop Reason FULL_LOAD_ONLY_FINISHED"
STOPPED_AFTER_FULL_LOAD: Final = "Stop Reason STOPPED_AFTER_FULL_LOAD"
STOPPED_AFTER_CACHED_EVENTS: Final = "Stop Reason STOPPED_AFTER_CACHED_EVENTS"
STOPPED_AT_SERVER_TIME: Final = "Stop Reason STOPPED_AT_SERVER_TIME"
STOPPED_AT_COMMIT_TIME: Final = "Stop Reason STOPPED_AT_COMMIT_TIME"
RECOVERABLE_ERROR: Final = "Stop Reason RECOVERABLE_ERROR"
FATAL_ERROR: Final = "Stop Reason FATAL_ERROR"

TABLE_MISSING: Final = "Table does not exist"
BEFORE_LOAD: Final = "Before load"
FULL_LOAD: Final = "Full load"
COMPLETED: Final = "Table completed"
CANCELLED: Final = "Table cancelled"
ERROR: Final = "Table error"
RELOADING: Final = "Table is being reloaded"

NOT_ENABLED: Final = "Not enabled"
PENDING_VALIDATION: Final = "Pending validation"
PENDING_REVALIDATION: Final = "Pending revalidation"
VALIDATED: Final = "Validated"
MISMATCHED: Final = "Mismatched records"
NO_PRIMARY_KEY: Final = "No primary key"
VALIDATION_TABLE_ERROR: Final = "Table error"
