package main

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/FerretDB/FerretDB/ferretdb"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"
)

// What FerretDB asks SQLite for a document by its key is answered by an index, in collections old and new.
func TestKeysAreFoundByAnIndex(t *testing.T) {
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	data := t.TempDir()
	client := start(t, ctx, data)

	create(t, ctx, client, "old")
	go keepKeysIndexed(ctx, data, slog.New(slog.DiscardHandler))
	awaitIndex(t, ctx, data, "old")
	create(t, ctx, client, "new")
	awaitIndex(t, ctx, data, "new")

	var found bson.M
	if err := client.Database("test").Collection("new").FindOne(ctx, bson.M{"_id": "b"}).Decode(&found); err != nil {
		t.Fatal(err)
	}
	if found["number"] != int32(1) {
		t.Fatalf("the document of key b is %v", found)
	}
}

func start(t *testing.T, ctx context.Context, data string) *mongo.Client {
	t.Helper()
	database, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: "127.0.0.1:0"},
		Logger:    slog.New(slog.DiscardHandler),
		Handler:   "sqlite",
		SQLiteURL: "file:" + data + "/",
	})
	if err != nil {
		t.Fatal(err)
	}
	go database.Run(ctx)
	client, err := mongo.Connect(ctx, options.Client().ApplyURI(database.MongoDBURI()))
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func create(t *testing.T, ctx context.Context, client *mongo.Client, collection string) {
	t.Helper()
	documents := []any{bson.M{"_id": "a", "number": 0}, bson.M{"_id": "b", "number": 1}}
	if _, err := client.Database("test").Collection(collection).InsertMany(ctx, documents); err != nil {
		t.Fatal(err)
	}
}

// awaitIndex fails when the context ends before SQLite plans the question by an index.
func awaitIndex(t *testing.T, ctx context.Context, data, collection string) {
	t.Helper()
	for {
		plan := planFor(t, ctx, filepath.Join(data, "test.sqlite"), collection)
		if strings.HasSuffix(plan, "__key (<expr>=?)") && strings.HasPrefix(plan, "SEARCH") {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("SQLite's plan for %s stays %q", collection, plan)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// planFor opens the file anew: an explanation is of the schema that a connection has seen last.
func planFor(t *testing.T, ctx context.Context, file, collection string) string {
	t.Helper()
	database, err := sql.Open("sqlite", "file:"+file+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()

	var table, plan string
	name := database.QueryRowContext(ctx, "SELECT table_name FROM _ferretdb_collections WHERE name = ?", collection)
	if err := name.Scan(&table); err != nil {
		t.Fatal(err)
	}
	var id, parent, unused int
	question := fmt.Sprintf("EXPLAIN QUERY PLAN SELECT 1 FROM %q WHERE _ferretdb_sjson->'$._id' = ?", table)
	if err := database.QueryRowContext(ctx, question, `"b"`).Scan(&id, &parent, &unused, &plan); err != nil {
		t.Fatal(err)
	}
	return plan
}
