package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite", as in FerretDB
)

const (
	// How often to look for new collections: until then they are small, and quick without an index.
	indexPause = time.Second

	// After a failure: the next attempt goes through the whole collection again.
	pauseAfterFailure = time.Minute

	// FerretDB's own index is of another expression, with which SQLite cannot answer this one. Without an index of just
	// this, each document that is asked for by its key costs a look at every document of its collection.
	keyExpression = `_ferretdb_sjson->'$._id'`

	indexSuffix = "__key"

	withoutIndex = `SELECT table_name FROM _ferretdb_collections WHERE NOT EXISTS
		(SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = table_name || ?)`
)

// keepKeysIndexed gives each collection an index by which FerretDB's questions for a key are answered, until ctx ends.
func keepKeysIndexed(ctx context.Context, data string, logger *slog.Logger) {
	for {
		pause := indexPause
		if err := indexKeys(ctx, data); err != nil && ctx.Err() == nil {
			logger.Warn("cannot index the keys of a collection: its documents are found slowly", "error", err)
			pause = pauseAfterFailure
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// indexKeys goes through all databases; what fails in one does not keep it from the others.
func indexKeys(ctx context.Context, data string) error {
	files, err := filepath.Glob(filepath.Join(data, "*.sqlite"))
	for _, file := range files {
		err = errors.Join(err, indexKeysOf(ctx, file))
	}
	return err
}

func indexKeysOf(ctx context.Context, file string) error {
	// What is sorted for an index goes to memory: the container has no folder for temporary files.
	options := "?mode=rw&_pragma=busy_timeout(10000)&_pragma=temp_store(memory)"
	database, err := sql.Open("sqlite", "file:"+file+options)
	if err != nil {
		return err
	}
	defer database.Close()

	tables, err := tablesWithoutIndex(ctx, database)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	for _, table := range tables {
		statement := fmt.Sprintf(`CREATE INDEX IF NOT EXISTS %q ON %q (%s)`, table+indexSuffix, table, keyExpression)
		if _, err := database.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s of %s: %w", table, file, err)
		}
	}
	return nil
}

// tablesWithoutIndex finds none in a file that FerretDB is just making, which has no list of collections yet.
func tablesWithoutIndex(ctx context.Context, database *sql.DB) ([]string, error) {
	var hasList bool
	list := database.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = '_ferretdb_collections')`)
	if err := list.Scan(&hasList); err != nil || !hasList {
		return nil, err
	}
	rows, err := database.QueryContext(ctx, withoutIndex, indexSuffix)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var tables []string
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			return nil, err
		}
		tables = append(tables, table)
	}
	return tables, rows.Err()
}
