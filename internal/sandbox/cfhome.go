package sandbox

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// cfConfig is the config.json of cf v9.
type cfConfig struct {
	AccessToken           string
	APIVersion            string
	AsyncTimeout          int
	AuthorizationEndpoint string
	CFOnK8s               struct {
		Enabled  bool
		AuthInfo string
	}
	ColorEnabled             string
	ConfigVersion            int
	DopplerEndPoint          string
	Locale                   string
	LogCacheEndPoint         string
	MinCLIVersion            string
	MinRecommendedCLIVersion string
	NetworkPolicyV1Endpoint  string
	OrganizationFields       cfNamed
	PluginRepos              []cfRepo
	RefreshToken             string
	RoutingAPIEndpoint       string
	SpaceFields              cfSpace
	SSHOAuthClient           string
	SSLDisabled              bool
	Target                   string
	Trace                    string
	UaaEndpoint              string
	UAAGrantType             string
	UAAOAuthClient           string
	UAAOAuthClientSecret     string
}

type cfNamed struct{ GUID, Name string }

type cfSpace struct {
	GUID, Name string
	AllowSSH   bool
}

type cfRepo struct{ Name, URL string }

// WriteCFHome writes dir/.cf/config.json as `cf login` would with CF_HOME set to
// dir: signed in as the landscape's user and targeted at its org and space. The
// login has expired if the scenario says so.
func (l *Landscape) WriteCFHome(dir string) error {
	data, err := json.MarshalIndent(l.session(), "", "  ") //nolint:gosec // tokens are what the file is for
	if err != nil {
		return fmt.Errorf("sandbox: cf session: %w", err)
	}
	folder := filepath.Join(dir, ".cf")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("sandbox: cf session: %w", err)
	}
	if err := os.WriteFile(filepath.Join(folder, "config.json"), data, 0o600); err != nil {
		return fmt.Errorf("sandbox: cf session: %w", err)
	}
	return nil
}

func (l *Landscape) session() cfConfig {
	w := l.world
	w.mu.Lock()
	defer w.mu.Unlock()
	signedIn := w.advance().Add(-w.scenario.loginAge)
	base := l.base()
	_, access := w.issue(w.dana, "password", base, false, signedIn)
	_, refresh := w.issue(w.dana, "password", base, true, signedIn)
	return cfConfig{
		AccessToken: "bearer " + access, RefreshToken: refresh,
		APIVersion: apiVersion, ConfigVersion: 4,
		Target: base, AuthorizationEndpoint: base, UaaEndpoint: base,
		DopplerEndPoint:         strings.Replace(base, "http", "ws", 1),
		LogCacheEndPoint:        base,
		NetworkPolicyV1Endpoint: base + "/networking/v1/external",
		RoutingAPIEndpoint:      base + "/routing",
		OrganizationFields:      cfNamed{GUID: w.home.org.guid, Name: w.home.org.name},
		SpaceFields:             cfSpace{GUID: w.home.guid, Name: w.home.name, AllowSSH: true},
		PluginRepos:             []cfRepo{{Name: "CF-Community", URL: "https://plugins.cloudfoundry.org"}},
		UAAOAuthClient:          clientCF,
	}
}
