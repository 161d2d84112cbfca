// Templates: parts of twins with parameters, which `instances` of a scenario put in place.
//
//     instances: {orders: {template: kafka-topic, source: order_events, partitions: 24}}
//
// An instance makes the template's elements as `orders/NAME`, with the streams that these write; whatever else the template
// names stays as it is, so that a stream from outside is a parameter of it, or has the same name everywhere. $(NAME) in a
// template is a parameter of its own, in the value that an instance gives it one of the scenario's. A template may have
// instances itself.
//
// A parameter's default may name parameters before it. What is set of an instance from outside (`orders.partitions`) counts
// as if the instance gave it.
//
// A template's file is found by its path, beside the file that names it, where that ends in .yaml or .yml; else as
// templates/NAME.yaml beside it or above it in its project, else among those that are shipped. What is wrong is told in the
// file that it stands in. Not thread-safe.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/formats/language/diagnostics.h"
#include "tools/formats/language/document.h"

namespace understudy::formats {

struct TemplateParameter {
    std::string name, description;
    std::optional<Node> value;  ///< its default; without one each instance has to give it
};

struct Template {
    std::string name, description;
    std::vector<TemplateParameter> parameters;  ///< in the order of the file
    Node twin;                                  ///< as it stands there
    std::string file = {};                      ///< that it was found in; empty: it is shipped
};

/// Nothing if there is an error, which is reported; `source` as read_document() has it.
std::optional<Template> read_template(std::string_view text, Diagnostics& out, int source = 0);

/// Those that come with the program, by name: "kafka-topic".
std::vector<std::string> shipped_templates();
/// The text of one; empty where there is none.
std::string_view shipped_template(std::string_view name);

/// Where templates that a file in this folder names are looked for, the nearest first: `templates` beside it and in each
/// folder above, up to that which has a store of twins (`.understudy`); where none has, up to the first that has
/// `templates`. Never above the home or in the root of the file system. Of relative folders relative ones; only those that
/// are there.
std::vector<std::string> template_folders(const std::string& folder);

/// The files of templates that a file in this folder may name without a path, by their names.
std::map<std::string, std::string> template_files(const std::string& folder);

/// A parameter of an instance that is set from outside of its file.
struct InstanceSetting {
    std::string path;  ///< `orders.partitions`; of an instance that a template has `orders/topic.partitions`
    Node value;
    Place where;
    std::string override;  ///< not empty: as after --set; value and place are those of what it reads as
    bool used = false;     ///< an instance has that parameter
};

/// The instances of a file, taken out of its twin.
struct TakenInstances {
    Node instances;
    std::string folder;  ///< of the file
};
/// Nothing where it has none.
std::optional<TakenInstances> take_instances(Node& root, const std::string& folder);

/// Puts instances in place, of several files in turn.
class InstanceMaker {
public:
    /// `tagged`: each element has a tag for its template, `template:kafka-topic`, and for those around, for who keeps what is
    /// made without the instances.
    InstanceMaker(std::vector<InstanceSetting>& settings, Diagnostics& out, bool tagged = false);
    ~InstanceMaker();
    InstanceMaker(const InstanceMaker&) = delete;
    InstanceMaker& operator=(const InstanceMaker&) = delete;

    /// In the twin of the root.
    void make(Node& root, const TakenInstances& taken);
    /// All that were made, each with its template and the values of its parameters: `orders: {template: kafka-topic, ...}`.
    Node made() const;

private:
    class Instances;
    std::unique_ptr<Instances> instances_;
};

/// Whether a path begins with one of the instances that were made (InstanceMaker::made), or is one of an instance within it: it
/// may be that of a parameter.
bool may_set_parameter(const Node& made, const std::string& path);

}  // namespace understudy::formats
