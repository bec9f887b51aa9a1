// Command forward listens on loopback addresses of the machine and hands each connection to an address
// inside another network namespace, so that the cluster needs no route, address or rule on the machine itself.
//
//	forward -netns FILE 127.0.0.1:8080=10.89.0.11:30080,10.89.0.12:30080 …
//
// Of several targets the first that answers is taken, the last one that did being asked first.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

const dialTimeout = 2 * time.Second

func main() {
	netns := flag.String("netns", "", "file of the network namespace to connect from")
	flag.Parse()
	if *netns == "" || flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: forward -netns FILE LISTEN=TARGET[,TARGET…] …")
		os.Exit(2)
	}
	dial := dialerIn(*netns)
	for _, rule := range flag.Args() {
		address, targets, found := strings.Cut(rule, "=")
		if !found {
			log.Fatalf("rule %q: expected LISTEN=TARGET[,TARGET…]", rule)
		}
		listener, err := net.Listen("tcp", address)
		if err != nil {
			log.Fatal(err)
		}
		go serve(listener, strings.Split(targets, ","), dial)
	}
	select {}
}

func serve(listener net.Listener, targets []string, dial func(string) (net.Conn, error)) {
	var preferred atomic.Int32
	for {
		client, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			defer client.Close()
			server, err := dialFirst(targets, &preferred, dial)
			if err != nil {
				log.Printf("%s: no target answers: %v", listener.Addr(), err)
				return
			}
			defer server.Close()
			join(client.(*net.TCPConn), server.(*net.TCPConn))
		}()
	}
}

func dialFirst(targets []string, preferred *atomic.Int32, dial func(string) (net.Conn, error)) (net.Conn, error) {
	var failures []error
	first := int(preferred.Load())
	for i := range targets {
		index := (first + i) % len(targets)
		connection, err := dial(targets[index])
		if err == nil {
			preferred.Store(int32(index))
			return connection, nil
		}
		failures = append(failures, err)
	}
	return nil, errors.Join(failures...)
}

// join copies both ways and passes on each side's end of stream, so that half-closed connections keep working.
func join(a, b *net.TCPConn) {
	done := make(chan struct{}, 2)
	pipe := func(to, from *net.TCPConn) {
		_, _ = io.Copy(to, from)
		_ = to.CloseWrite()
		done <- struct{}{}
	}
	go pipe(a, b)
	go pipe(b, a)
	<-done
	<-done
}

// dialerIn returns a dial function whose sockets belong to the given network namespace.
// A socket keeps the namespace of the thread that made it, so each dial takes a thread of its own into the
// namespace; the thread is never unlocked and therefore ends with its goroutine.
func dialerIn(netns string) func(string) (net.Conn, error) {
	file, err := os.Open(netns)
	if err != nil {
		log.Fatal(err)
	}
	return func(address string) (net.Conn, error) {
		type result struct {
			connection net.Conn
			err        error
		}
		results := make(chan result, 1)
		go func() {
			runtime.LockOSThread()
			if err := unix.Setns(int(file.Fd()), unix.CLONE_NEWNET); err != nil {
				results <- result{err: err}
				return
			}
			connection, err := net.DialTimeout("tcp", address, dialTimeout)
			results <- result{connection, err}
		}()
		r := <-results
		return r.connection, r.err
	}
}
