// Prints the definitions of the custom resources that GKE brings into a cluster for its Ingresses and for Managed
// Prometheus, one JSON document a line. Those of the load balancers are made by their controller's own code, which is let
// run against a client that only keeps what it is given; that of the certificates is a file of their controller's module,
// which the build copies; that of the metrics is in the manifests of their operator.
package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"log"
	"os"

	_ "github.com/GoogleCloudPlatform/gke-managed-certs/pkg/apis/networking.gke.io/v1" // Pins the module of the file below.
	"github.com/GoogleCloudPlatform/prometheus-engine/manifests"
	v1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/client/clientset/clientset/fake"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/testing"
	"k8s.io/ingress-gce/pkg/backendconfig"
	"k8s.io/ingress-gce/pkg/crd"
	"k8s.io/ingress-gce/pkg/frontendconfig"
	"k8s.io/klog/v2"
	"sigs.k8s.io/yaml"
)

//go:embed managedcertificates-crd.yaml
var managedCertificate []byte

func main() {
	client := fake.NewSimpleClientset()
	// The controller waits for its definitions to be established, which here nobody else does.
	client.PrependReactor("create", "*", func(action testing.Action) (bool, runtime.Object, error) {
		definition := action.(testing.CreateAction).GetObject().(*v1.CustomResourceDefinition)
		definition.Status.Conditions = []v1.CustomResourceDefinitionCondition{{Type: v1.Established, Status: v1.ConditionTrue}}
		return false, nil, nil
	})
	handler := crd.NewCRDHandler(client, klog.Background())
	encoder := json.NewEncoder(os.Stdout)
	print := func(definition any) {
		if err := encoder.Encode(definition); err != nil {
			log.Fatal(err)
		}
	}
	for _, meta := range []*crd.CRDMeta{backendconfig.CRDMeta(), frontendconfig.CRDMeta()} {
		definition, err := handler.EnsureCRD(meta, true)
		if err != nil {
			log.Fatal(err)
		}
		definition.TypeMeta.APIVersion = "apiextensions.k8s.io/v1"
		definition.TypeMeta.Kind = "CustomResourceDefinition"
		definition.Status = v1.CustomResourceDefinitionStatus{}
		print(definition)
	}

	print(parsed(managedCertificate))
	for _, document := range bytes.Split(manifests.CRDManifest, []byte("\n---\n")) {
		if definition := parsed(document); nameOf(definition) == "podmonitorings.monitoring.googleapis.com" {
			print(definition)
		}
	}
}

func parsed(document []byte) (definition map[string]any) {
	if err := yaml.Unmarshal(document, &definition); err != nil {
		log.Fatal(err)
	}
	return definition
}

func nameOf(definition map[string]any) any {
	metadata, _ := definition["metadata"].(map[string]any)
	return metadata["name"]
}
