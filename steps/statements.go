package steps

// Statement is SQL to paste, on one line. A word in capitals stands for a name
// of the reader's own.
type Statement struct {
	Does string // what it is good for, for people
	On   Side   // where it is to be run
	Line string
}

func onSource(does, line string) Statement { return Statement{does + ", in psql", Source, line} }

func onTarget(does, line string) Statement {
	return Statement{does + ", in psql on the target", Target, line}
}

// ownSchemas leaves the system's schemas out: names that begin with pg_ are
// reserved for it. It wants pg_namespace under the name n.
const ownSchemas = ` n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`

// ownClasses are the relations in schemas that are not the system's.
const ownClasses = ` FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE` + ownSchemas

// ownColumns are the columns of those, with the type of each.
const ownColumns = `SELECT n.nspname AS schema_name, c.relname AS table_name, a.attname AS column_name, format_type(a.atttypid, a.atttypmod) AS data_type` +
	` FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid` +
	` WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'm', 'v') AND` + ownSchemas

// The statements read the system catalogs in a way that both ends of a migration
// understand, from 9.4 on. They change nothing, except where Does says so.
var (
	sqlSize = onSource("see how many GB the source uses",
		`SELECT ceil(pg_database_size(current_database()) / 1024.0 ^ 3) AS gb;`)
	sqlSchemas = onSource("count the schemas",
		`SELECT count(*) AS schemas FROM pg_namespace n WHERE`+ownSchemas+`;`)
	sqlRelations = onSource("count the relations (tables, indexes, sequences, views)",
		`SELECT count(*) AS relations`+ownClasses+`;`)
	sqlRelationsBySchema = onSource("count the relations of each schema",
		`SELECT n.nspname AS schema_name, count(*) AS relations`+ownClasses+` GROUP BY 1 ORDER BY 2 DESC;`)
	sqlNoKey = onSource("see the tables without a primary key, the largest first",
		`SELECT n.nspname AS schema_name, c.relname AS table_name, pg_size_pretty(pg_total_relation_size(c.oid)) AS size`+ownClasses+
			` AND c.relkind = 'r' AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)`+
			` ORDER BY pg_total_relation_size(c.oid) DESC;`)
	sqlAddKey = onSource("give a table a primary key (locks it meanwhile)",
		`ALTER TABLE SCHEMA_NAME.TABLE_NAME ADD PRIMARY KEY (COLUMN_NAME);`)
	sqlLargeObjects = onSource("count the large objects",
		`SELECT count(*) AS large_objects FROM pg_largeobject_metadata;`)
	sqlLargeObjectColumns = onSource("see the columns that may point to large objects",
		ownColumns+` AND t.typname IN ('oid', 'lo') ORDER BY 1, 2, 3;`)
	sqlRoles = onSource("see the roles",
		`SELECT rolname, rolcanlogin, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY 1;`)
	sqlMembers = onSource("see which role is a member of which",
		`SELECT r.rolname AS role, m.rolname AS member FROM pg_auth_members a JOIN pg_roles r ON r.oid = a.roleid JOIN pg_roles m ON m.oid = a.member WHERE r.rolname !~ '^pg_' ORDER BY 1, 2;`)
	sqlGrants = onSource("see the access rights on tables, views and sequences",
		`SELECT n.nspname AS schema_name, c.relname AS object, c.relacl AS access_rights`+ownClasses+` AND c.relacl IS NOT NULL ORDER BY 1, 2;`)
	sqlSchemaGrants = onSource("see the access rights on schemas",
		`SELECT n.nspname AS schema_name, n.nspacl AS access_rights FROM pg_namespace n WHERE n.nspacl IS NOT NULL AND`+ownSchemas+` ORDER BY 1;`)
	sqlOldTypes = onSource("see the columns of types that newer servers do not have",
		ownColumns+` AND ltrim(t.typname, '_') IN ('unknown', 'abstime', 'reltime', 'tinterval') ORDER BY 1, 2, 3;`)
	sqlOwnTypes = onSource("see the columns of types that an extension or you brought",
		ownColumns+` AND t.typnamespace <> (SELECT oid FROM pg_namespace WHERE nspname = 'pg_catalog') ORDER BY 1, 2, 3;`)
	sqlChangeType = onSource("change the type of a column to text (locks the table meanwhile)",
		`ALTER TABLE SCHEMA_NAME.TABLE_NAME ALTER COLUMN COLUMN_NAME TYPE text USING COLUMN_NAME::text;`)
	sqlWithOids = onSource("see the tables made WITH OIDS",
		`SELECT n.nspname AS schema_name, c.relname AS table_name`+ownClasses+
			` AND c.relkind = 'r' AND EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'oid' AND a.attnum < 0) ORDER BY 1, 2;`)
	sqlWithoutOids = onSource("take the oid column off a table (locks it meanwhile)",
		`ALTER TABLE SCHEMA_NAME.TABLE_NAME SET WITHOUT OIDS;`)
	sqlExtensions = onSource("see the extensions of the source",
		`SELECT extname, extversion FROM pg_extension ORDER BY 1;`)
	sqlAvailable = onTarget("see the extensions that the target offers",
		`SELECT name, default_version, installed_version FROM pg_available_extensions ORDER BY 1;`)
	sqlLongTransactions = onSource("see transactions older than five minutes",
		`SELECT pid, usename, state, now() - xact_start AS since, left(query, 60) AS query FROM pg_stat_activity WHERE xact_start < now() - interval '5 minutes' ORDER BY xact_start;`)
	sqlPrepared = onSource("see prepared transactions, which hold their locks",
		`SELECT gid, owner, database, prepared FROM pg_prepared_xacts ORDER BY prepared;`)
	sqlWraparound = onSource("see a vacuum against wraparound, which does not give way",
		`SELECT pid, now() - xact_start AS since, query FROM pg_stat_activity WHERE query LIKE 'autovacuum:%to prevent wraparound%' ORDER BY xact_start;`)
	sqlPgSchemas = onSource("see the schemas whose names begin with pg",
		`SELECT n.nspname AS schema_name FROM pg_namespace n WHERE n.nspname ~ '^pg' AND`+ownSchemas+` ORDER BY 1;`)
	sqlInTheWay = onTarget("see what is in the target",
		`SELECT n.nspname AS schema_name, c.relname AS object, c.relkind AS kind`+ownClasses+` AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') ORDER BY 1, 2;`)
	sqlTriggers = onSource("see the triggers",
		`SELECT n.nspname AS schema_name, c.relname AS table_name, g.tgname AS trigger_name FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT g.tgisinternal AND`+
			ownSchemas+` ORDER BY 1, 2, 3;`)
	sqlVersion = onSource("see the version of a server", `SHOW server_version;`)
)

// uncheckedStatements are for what no check can see.
var uncheckedStatements = []Statement{sqlSize, sqlSchemas, sqlRelations, sqlLongTransactions, sqlPrepared, sqlWraparound, sqlLargeObjects, sqlPgSchemas}
