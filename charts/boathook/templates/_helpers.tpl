{{- define "boathook.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "boathook.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains (include "boathook.name" .) .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "boathook.name" .) | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "boathook.operator" -}}
{{- printf "%s-operator" (include "boathook.fullname" . | trunc 54 | trimSuffix "-") }}
{{- end }}

{{- define "boathook.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "boathook.operator" .) .Values.serviceAccount.name }}
{{- else -}}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- /* Labels of the operator's pods that never change: what selectors are made of. Gateways admit pods of this name to
       their control channel. */ -}}
{{- define "boathook.selector" -}}
app.kubernetes.io/name: boathook-operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- /* Labels of every object, but its name. */ -}}
{{- define "boathook.common" -}}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: boathook
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "boathook.labels" -}}
app.kubernetes.io/name: {{ include "boathook.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{ include "boathook.common" . }}
{{- end }}

{{- /* An image: the list of the values and a repository. */ -}}
{{- define "boathook.image" -}}
{{- $root := index . 0 -}}
{{- $repository := index . 1 -}}
{{- $tag := default $root.Chart.AppVersion $root.Values.image.tag -}}
{{- with $root.Values.image.registry }}{{ . }}/{{ end }}{{ $repository }}:{{ $tag }}
{{- end }}

{{- /* What the operator reads in every namespace that it watches. */ -}}
{{- define "boathook.readRules" -}}
- apiGroups: [boathook.dev]
  resources: [webhookworkflows, webhookgateways]
  verbs: [get, list, watch]
- apiGroups: [boathook.dev]
  resources: [webhookworkflows/status, webhookgateways/status]
  verbs: [get, patch, update]
- apiGroups: [""]
  resources: [configmaps]
  verbs: [get, list, watch]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- end }}

{{- /* Only Secrets with the label are asked for; RBAC knows no labels. */ -}}
{{- define "boathook.secretRules" -}}
- apiGroups: [""]
  resources: [secrets]
  verbs: [get, list, watch]
{{- end }}

{{- /* What a gateway consists of. */ -}}
{{- define "boathook.gatewayRules" -}}
- apiGroups: [""]
  resources: [persistentvolumeclaims, secrets, serviceaccounts, services]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [apps]
  resources: [deployments]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [networking.k8s.io]
  resources: [networkpolicies]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [policy]
  resources: [poddisruptionbudgets]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [discovery.k8s.io]
  resources: [endpointslices]
  verbs: [get, list, watch]
{{- end }}

{{- /* Who leads, and the certificates of the control channel. */ -}}
{{- define "boathook.leaderRules" -}}
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  verbs: [create]
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  resourceNames: [boathook-operator]
  verbs: [get, update]
{{- end }}

{{- /* A Role or ClusterRole and its binding to the operator: root, name, namespace ("" is the cluster), rules. */ -}}
{{- define "boathook.grant" -}}
{{- $root := index . 0 -}}{{- $name := index . 1 -}}{{- $namespace := index . 2 -}}{{- $rules := index . 3 -}}
{{- $kind := ternary "ClusterRole" "Role" (eq $namespace "") -}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $kind }}
metadata:
  name: {{ $name }}
  {{- with $namespace }}
  namespace: {{ . }}
  {{- end }}
  labels: {{- include "boathook.labels" $root | nindent 4 }}
rules:
{{ $rules }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $kind }}Binding
metadata:
  name: {{ $name }}
  {{- with $namespace }}
  namespace: {{ . }}
  {{- end }}
  labels: {{- include "boathook.labels" $root | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ $kind }}
  name: {{ $name }}
subjects:
- kind: ServiceAccount
  name: {{ include "boathook.serviceAccountName" $root }}
  namespace: {{ $root.Release.Namespace }}
{{- end }}
