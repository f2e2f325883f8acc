//! The functions of a model's methods.

use proc_macro2::TokenStream;
use quote::quote;

use super::model::path;
use super::{doc, doc_line, docs, ident};
use crate::ir::{Given, Method, MethodCall, MethodValue, Model, Parameter};

/// An `impl` with a function for each method, and the types of the calls that may be filled before they are sent.
pub(super) fn methods(model: &Model) -> TokenStream {
    if model.methods.is_empty() {
        return TokenStream::new();
    }
    let name = ident(&model.type_name);
    let functions = model.methods.iter().map(function);
    let calls = model.methods.iter().filter_map(|method| {
        let method_call = method.call.as_ref()?;
        Some(call(model, method, method_call))
    });
    quote! {
        impl #name { #(#functions)* }
        #(#calls)*
    }
}

fn function(method: &Method) -> TokenStream {
    let docs = doc(&docs::method(method));
    let name = ident(&method.ident);
    let wire = &method.wire;
    let ids = method.on_records.then(|| quote!(ids: impl Ids<Self>,));
    let on_ids = method.on_records.then(|| quote!(.ids(ids)));
    let arguments = method.arguments.iter().map(|argument| {
        let name = ident(&argument.ident);
        let ty = argument_type(&argument.value);
        quote!(#name: #ty)
    });
    let given = method.arguments.iter().map(given);
    let made = quote!(Self::call(odoo, #wire) #on_ids #(#given)*);
    let (returns, made) = match &method.call {
        None => {
            let result = result_type(&method.returns);
            (quote!(O::Answer<'_, #result>), quote!(#made.result()))
        }
        Some(call) => {
            let call = ident(&call.type_name);
            (quote!(#call<'_, O>), quote!(#call(#made)))
        }
    };
    quote! {
        #docs
        pub fn #name<O: odx_runtime::AnySession>(odoo: &O, #ids #(#arguments,)*) -> #returns { #made }
    }
}

/// The type of a call with optional parameters: a function for each, and `send`.
fn call(model: &Model, method: &Method, call: &MethodCall) -> TokenStream {
    let name = ident(&call.type_name);
    let record = ident(&model.type_name);
    let docs = doc_line(&docs::method_call(model, method));
    let setters = call.parameters.iter().map(|parameter| {
        let docs = doc(&docs::parameter(parameter));
        let name = ident(&parameter.ident);
        let ty = argument_type(&parameter.value);
        let given = given(parameter);
        quote! {
            #docs
            pub fn #name(self, #name: #ty) -> Self { Self(self.0 #given) }
        }
    });
    let positions = call.positions.then(|| {
        quote! {
            /// The next positional argument.
            pub fn arg(self, value: impl Into<JsonValue>) -> Self { Self(self.0.arg(value)) }
        }
    });
    let names = call.names.then(|| {
        quote! {
            /// An argument by its name.
            pub fn kwarg(self, name: impl Into<String>, value: impl Into<JsonValue>) -> Self {
                Self(self.0.kwarg(name, value))
            }
        }
    });
    let result = result_type(&method.returns);
    quote! {
        #docs
        #[must_use = "a call does nothing until it is sent or awaited"]
        pub struct #name<'a, O>(odx_runtime::query::MethodCall<'a, O, #record>);

        impl<'a, O: odx_runtime::AnySession> #name<'a, O> {
            #(#setters)*
            #positions
            #names
            /// Sends the call.
            #[must_use = "the answer says whether the call was made"]
            pub fn send(self) -> O::Answer<'a, #result> { self.0.result() }
        }

        odx_runtime::call_awaited! { #name, #result }
    }
}

/// `.arg(value)` or `.kwarg("name", value)`.
fn given(parameter: &Parameter) -> TokenStream {
    let name = ident(&parameter.ident);
    let value = match parameter.value {
        MethodValue::Text => quote!(Into::<String>::into(#name)),
        MethodValue::Ids(_) => quote!(#name.into_iter().collect::<JsonValue>()),
        _ => quote!(#name),
    };
    let wire = &parameter.wire;
    match parameter.given {
        Given::ByPosition => quote!(.arg_named(#wire, #value)),
        Given::AsRest => quote!(.arg(#value)),
        Given::ByName | Given::Optional => quote!(.kwarg(#wire, #value)),
    }
}

fn argument_type(value: &MethodValue) -> TokenStream {
    match value {
        MethodValue::Boolean => quote!(bool),
        MethodValue::Integer => quote!(i64),
        MethodValue::Float => quote!(f64),
        MethodValue::Text => quote!(impl Into<String>),
        MethodValue::Id(target) => {
            let target = path(target);
            quote!(Id<#target>)
        }
        MethodValue::Ids(target) => {
            let target = path(target);
            quote!(impl IntoIterator<Item = Id<#target>>)
        }
        // The other two only come back.
        MethodValue::Json | MethodValue::Nothing | MethodValue::Action => {
            quote!(impl Into<JsonValue>)
        }
    }
}

fn result_type(value: &MethodValue) -> TokenStream {
    match value {
        MethodValue::Nothing => quote!(()),
        MethodValue::Boolean => quote!(bool),
        MethodValue::Integer => quote!(i64),
        MethodValue::Float => quote!(f64),
        MethodValue::Text => quote!(Option<String>),
        MethodValue::Id(target) => {
            let target = path(target);
            quote!(Option<Id<#target>>)
        }
        MethodValue::Ids(target) => {
            let target = path(target);
            quote!(Vec<Id<#target>>)
        }
        MethodValue::Action => quote!(Option<odx_runtime::query::Action>),
        MethodValue::Json => quote!(JsonValue),
    }
}
