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
	// New collections are looked for so often: a small one is quick without an index too.
	indexPause = time.Second

	// FerretDB's own index is of another expression, with which SQLite cannot answer this one. Without an index of just
	// this, each document that is asked for by its key costs a look at every document of its collection.
	keyExpression = `_ferretdb_sjson->'$._id'`

	withoutKeyIndex = `SELECT table_name FROM _ferretdb_collections WHERE NOT EXISTS
		(SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = table_name || '__key')`
)

// keepKeysIndexed gives each collection an index by which FerretDB's questions for a key are answered, until ctx ends.
func keepKeysIndexed(ctx context.Context, data string, logger *slog.Logger) {
	for reported := ""; ; {
		if err := indexKeys(ctx, data); err != nil && ctx.Err() == nil && err.Error() != reported {
			reported = err.Error()
			logger.Warn("cannot index the keys of a collection", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(indexPause):
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
	database, err := sql.Open("sqlite", "file:"+file+"?mode=rw&_pragma=busy_timeout(10000)")
	if err != nil {
		return err
	}
	defer database.Close()

	tables, err := column(ctx, database, withoutKeyIndex)
	for _, table := range tables {
		statement := fmt.Sprintf(`CREATE INDEX IF NOT EXISTS %q ON %q (%s)`, table+"__key", table, keyExpression)
		if _, err := database.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s of %s: %w", table, file, err)
		}
	}
	return err
}

func column(ctx context.Context, database *sql.DB, query string) ([]string, error) {
	rows, err := database.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []string
	for rows.Next() {
		var value string
		if err := rows.Scan(&value); err != nil {
			return nil, err
		}
		found = append(found, value)
	}
	return found, rows.Err()
}
