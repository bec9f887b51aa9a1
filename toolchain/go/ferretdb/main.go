// Command ferretdb answers the MongoDB protocol from SQLite files: a MongoDB for the local cluster.
//
// FerretDB's own command cannot be built from its module, which lacks a file that it embeds; its library can.
package main

import (
	"context"
	"flag"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/FerretDB/FerretDB/ferretdb"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"
)

const pingTimeout = 2 * time.Second

func main() {
	listen := flag.String("listen", ":27017", "TCP address to listen on")
	probes := flag.String("probes", ":8080", "TCP address that answers /livez and /readyz")
	data := flag.String("data", "/data", "folder of the database's files")
	flag.Parse()

	logger := slog.New(slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if err := run(*listen, *probes, *data, logger); err != nil {
		logger.Error("cannot run", "error", err)
		os.Exit(1)
	}
}

func run(listen, probes, data string, logger *slog.Logger) error {
	database, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: listen},
		Logger:    logger,
		Handler:   "sqlite",
		SQLiteURL: "file:" + data + "/",
	})
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	go keepKeysIndexed(ctx, data, logger)
	go func() {
		err := serveProbes(ctx, probes, database)
		logger.Error("cannot answer probes", "error", err)
		stop()
	}()
	return database.Run(ctx)
}

// serveProbes answers that the program is alive always, and that it is ready when the database answers.
func serveProbes(ctx context.Context, address string, database *ferretdb.FerretDB) error {
	client, err := mongo.Connect(ctx, options.Client().ApplyURI(database.MongoDBURI()).SetTimeout(pingTimeout))
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/livez", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/readyz", func(answer http.ResponseWriter, request *http.Request) {
		if err := client.Ping(request.Context(), nil); err != nil {
			http.Error(answer, err.Error(), http.StatusServiceUnavailable)
		}
	})
	server := http.Server{Addr: address, Handler: mux, ReadHeaderTimeout: pingTimeout}
	return server.ListenAndServe()
}
