package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/FerretDB/FerretDB/ferretdb"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"
)

// What FerretDB asks SQLite for a document by its key is answered by our index, in collections old and new.
func TestKeysAreFoundByAnIndex(t *testing.T) {
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	data := t.TempDir()
	database := start(t, ctx, stop, data)

	create(t, ctx, database.Collection("old"))
	indexing := make(chan struct{})
	go func() {
		keepKeysIndexed(ctx, data, slog.New(slog.DiscardHandler))
		close(indexing)
	}()
	t.Cleanup(func() {
		stop()
		<-indexing
	})
	awaitIndex(t, ctx, database, "old")
	create(t, ctx, database.Collection("new"))
	awaitIndex(t, ctx, database, "new")
}

// start gives a database that is gone, with its files free to be removed, when the test has ended.
func start(t *testing.T, ctx context.Context, stop func(), data string) *mongo.Database {
	t.Helper()
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: "127.0.0.1:0"},
		Logger:    slog.New(slog.DiscardHandler),
		Handler:   "sqlite",
		SQLiteURL: "file:" + data + "/",
	})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		server.Run(ctx)
		close(ended)
	}()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	client, err := mongo.Connect(ctx, options.Client().ApplyURI(server.MongoDBURI()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Disconnect(context.Background()) })
	return client.Database("test")
}

func create(t *testing.T, ctx context.Context, collection *mongo.Collection) {
	t.Helper()
	documents := []any{bson.M{"_id": "a", "number": 0}, bson.M{"_id": "b", "number": 1}}
	if _, err := collection.InsertMany(ctx, documents); err != nil {
		t.Fatal(err)
	}
}

// awaitIndex fails when the context ends before FerretDB's own question is planned by our index.
func awaitIndex(t *testing.T, ctx context.Context, database *mongo.Database, collection string) {
	t.Helper()
	for {
		plan := planOf(t, ctx, database, collection)
		if strings.Contains(plan, "SEARCH") && strings.Contains(plan, indexSuffix+" (<expr>=?)") {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("the plan for %s stays %s", collection, plan)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// planOf asks for the document first: SQLite explains by the schema that a connection has seen last.
func planOf(t *testing.T, ctx context.Context, database *mongo.Database, collection string) string {
	t.Helper()
	key := bson.M{"_id": "b"}
	var found struct{ Number int32 }
	if err := database.Collection(collection).FindOne(ctx, key).Decode(&found); err != nil || found.Number != 1 {
		t.Fatalf("the document of key b has number %d: %v", found.Number, err)
	}
	question := bson.D{{Key: "explain", Value: bson.D{{Key: "find", Value: collection}, {Key: "filter", Value: key}}}}
	var answer struct {
		QueryPlanner bson.M `bson:"queryPlanner"`
	}
	if err := database.RunCommand(ctx, question).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(answer.QueryPlanner)
}
