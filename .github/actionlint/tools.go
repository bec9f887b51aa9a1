//go:build tools

// Package actionlint pins the program that checks the workflows.
package actionlint

import _ "github.com/rhysd/actionlint"
